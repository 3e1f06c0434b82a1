// What runs in the browser: each function stands alone.

/**
 * What a visitor sees of a body, as lines to compare: elements with their attributes, text, and what was put into fields.
 * Left out is what a player has to change: scripts don't run there, and it marks
 * what the mouse is over, and keeps browsers from completing fields.
 */
export function describeDom(body) {
  const lines = [];
  const walk = (node, indent) => {
    if (node.nodeType === 3) {
      const text = (node.textContent ?? '').trim();
      if (text !== '') lines.push(`${indent}${JSON.stringify(text)}`);
      return;
    }
    if (node.nodeType !== 1) return;
    const element = node;
    if (['SCRIPT', 'NOSCRIPT', 'STYLE'].includes(element.tagName)) return;
    const attributes = [...element.attributes]
      .map(({ name, value }) => [name, name === 'class' ? value.replace(/(^|\s):hover\b/g, '').trim() : value])
      .filter(([name, value]) => !/^(rr_|value$|checked$|selected$|autocomplete$)/.test(name) && !(name === 'class' && value === ''))
      .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
      .sort()
      .join('');
    const isField = ['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName);
    const field = isField ? ` [${element.type === 'checkbox' ? element.checked : element.value}]` : '';
    lines.push(`${indent}<${element.tagName.toLowerCase()}${attributes}>${field}`);
    if (element.tagName === 'TEXTAREA') return;
    for (const child of element.childNodes) walk(child, `${indent}  `);
  };
  walk(body, '');
  return lines;
}

/** The colours in the middle of a canvas's left and right half. */
export function describeCanvas(canvas) {
  const context = canvas.getContext('2d');
  return [20, 60].map((x) => [...(context?.getImageData(x, 20, 1, 1).data ?? [])].slice(0, 3));
}

/** Plays to the end at once. */
export function play(events) {
  const options = { root: document.getElementById('player'), UNSAFE_replayCanvas: true, mouseTail: false, showWarning: false };
  const player = new rrweb.Replayer(events, options);
  // What happens at that very moment is not played yet.
  player.pause(player.getMetaData().totalTime + 1);
}
