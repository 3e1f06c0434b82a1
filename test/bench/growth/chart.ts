import type { Growth } from './growth.ts';
import { logTicks, scale, short, yAxis } from './scale.ts';

const PANEL = { width: 440, height: 290 };
const PLOT = { left: 58, right: 18, top: 40, bottom: 74 };
const COLUMNS = 2;
const COLOURS = ['#1b6ca8', '#c4601d'];
const FONT = 'font-family="system-ui, sans-serif"';

/** One panel for each thing that grows: CPU against it, x logarithmic, each scale its own. */
export function chart(grown: readonly Growth[]): string {
  const rows = Math.ceil(grown.length / COLUMNS);
  const [width, height] = [COLUMNS * PANEL.width, rows * PANEL.height];
  const panels = grown.map((one, i) => {
    const at = `translate(${(i % COLUMNS) * PANEL.width} ${Math.floor(i / COLUMNS) * PANEL.height})`;
    return `<g transform="${at}">\n${panel(one)}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${FONT} font-size="11" role="img">`,
    '<title>CPU of the gateway against batch size, event size, connections, distinct ids and registered projects</title>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

function panel({ axis, curves }: Growth): string {
  const points = curves.flatMap((curve) => curve.points);
  const values = points.map(({ value }) => value);
  const heights = yAxis(points.map(({ microseconds }) => microseconds));
  const x = scale([Math.min(...values), Math.max(...values)], [PLOT.left, PANEL.width - PLOT.right], true);
  const y = scale([heights.from, heights.to], [PANEL.height - PLOT.bottom, PLOT.top], heights.isLog);
  const floor = PANEL.height - PLOT.bottom;
  const parts = [text(PLOT.left, 22, `CPU (µs) by ${axis.title}${axis.unit && ` (${axis.unit})`}`, 'font-weight="600" font-size="13"')];
  for (const tick of heights.ticks) {
    parts.push(
      line(PLOT.left, y(tick), PANEL.width - PLOT.right, y(tick), '#ddd'),
      text(PLOT.left - 6, y(tick) + 4, short(tick), 'text-anchor="end"'),
    );
  }
  for (const tick of logTicks(Math.min(...values), Math.max(...values))) {
    parts.push(line(x(tick), floor, x(tick), floor + 4, '#888'), text(x(tick), floor + 16, short(tick), 'text-anchor="middle"'));
  }
  parts.push(line(PLOT.left, floor, PANEL.width - PLOT.right, floor, '#888'));
  curves.forEach((curve, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const places = curve.points.map(({ value, microseconds }) => [round(x(value)), round(y(microseconds))]);
    parts.push(`<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((place) => place.join(',')).join(' ')}"/>`);
    curve.points.forEach(({ value, microseconds }, k) => {
      const [cx, cy] = places[k];
      parts.push(
        `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"><title>${short(value)}: ${microseconds.toFixed(2)} µs</title></circle>`,
      );
    });
    const row = floor + 36 + i * 16;
    parts.push(line(PLOT.left, row - 4, PLOT.left + 18, row - 4, colour, 2), text(PLOT.left + 24, row, curve.name));
  });
  return parts.join('\n');
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string, width = 1): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}" stroke-width="${width}"/>`;
}

function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" fill="#222" ${attributes}>${escape(words)}</text>`;
}

const round = (n: number) => Math.round(n * 10) / 10;
const escape = (words: string) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
