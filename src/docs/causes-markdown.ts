import { CAUSE_NAMES, CAUSES, type CauseName } from '@app/causes';

/** `docs/causes.md`: every cause, by name. */
export function causesMarkdown(): string {
  return `# Why an event did not arrive

What a gateway answers when it refuses a request, drops an event or changes one, by the name of the cause: the last part of the link in the
answer, the \`cause\` in \`dropped\`, the label in the metrics. A gateway serves the same at \`/docs/causes/<cause>\`, and links there unless
\`DOCS_URL\` says otherwise. Generated from \`libs/causes\` by \`npm run config -- --write\`.

${CAUSE_NAMES.map(section).join('\n')}`;
}

function section(name: CauseName): string {
  const { title, means, who, remedy, status, says } = CAUSES[name];
  const answer = says === undefined ? '' : `\`${status} ${says}\`. `;
  return `## ${name}\n\n${title}. ${answer}${means}\n\n- From: ${who}\n- To do: ${remedy}\n`;
}
