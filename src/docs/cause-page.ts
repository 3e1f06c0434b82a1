import { createHash } from 'node:crypto';
import { CAUSE_NAMES, CAUSES, type CauseName } from '@app/causes';

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --line: #dfe4ea; --paper: #fbfbfa; --accent: #b4451f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaee; --soft: #9aa5b3; --line: #2c343f; --paper: #14181e; --accent: #ff9a70; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 system-ui, sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: clamp(2rem, 8vw, 5rem) 1.25rem; }
a { color: var(--accent); text-underline-offset: 0.2em; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
nav, code { color: var(--soft); font: 15px/1.6 ui-monospace, monospace; overflow-wrap: anywhere; }
h1 { margin: 0.4em 0 0.6em; font-size: clamp(1.6rem, 5vw, 2.2rem); line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance; }
h2 { margin: 2em 0 0.2em; color: var(--soft); font-size: 0.95rem; font-weight: 600; }
p { margin: 0; }
blockquote { margin: 1.5em 0 0; padding: 0.2em 0 0.2em 1rem; border-left: 3px solid var(--accent); font: 15px/1.6 ui-monospace, monospace; }
ul { margin: 0; padding: 0; list-style: none; }
li { padding: 0.75em 0; border-top: 1px solid var(--line); }
`;

/** Allows the pages their style and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** A page about one cause. */
export function causePage(name: CauseName): string {
  const { title, means, who, remedy, status, says } = CAUSES[name];
  const answer = says === undefined ? '' : `<blockquote>${status} ${escaped(says)}</blockquote>`;
  const parts = [
    ['What happened', means],
    ['Where it comes from', who],
    ['What to do', remedy],
  ];
  const text = parts.map(([heading, words]) => `<h2>${heading}</h2>\n<p>${escaped(words)}</p>`).join('\n');
  return page(title, `<nav><a href="../causes/">causes</a> / ${name}</nav>\n<h1>${escaped(title)}</h1>\n${answer}\n${text}`);
}

/** All causes, each with its title. @param base what the links begin with */
export function causeIndex(base: string): string {
  const rows = CAUSE_NAMES.map((name) => `<li><a href="${base}${name}">${escaped(CAUSES[name].title)}</a><br><code>${name}</code></li>`);
  return page('Why an event did not arrive', `<nav>causes</nav>\n<h1>Why an event did not arrive</h1>\n<ul>\n${rows.join('\n')}\n</ul>`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} · Inlet</title>
<style>${STYLE}</style>
<main>
${body}
</main>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]);
}
