/** What V8's sampling profiler gives, as far as it is read here; times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** One function and where its time belongs. */
export interface SelfTime {
  /** `libs/kafka`, `src`, a package's name, `node` or `(garbage collector)`. */
  readonly room: string;
  /** With the caller where it is native code, which has no file of its own. */
  readonly name: string;
  readonly microseconds: number;
  /** The nearest caller's room that is not Node itself: for whom Node works. */
  readonly onBehalfOf: string;
}

const GC = '(garbage collector)';
const KERNEL = '(system and native)';
/** V8's own nodes: not functions, and `(idle)` is no time of ours. */
const SPECIAL: Readonly<Record<string, string>> = { [GC]: GC, '(program)': KERNEL, '(root)': KERNEL };

/** Self times of all functions, largest first; idle time is left out. */
export function selfTimes(profile: CpuProfile): SelfTime[] {
  const parents = new Map<number, ProfileNode>();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node);
  const spent = new Map<number, number>();
  const deltas = profile.timeDeltas ?? [];
  // A sample is what runs until the next one is taken; a delta is the time since the one before.
  profile.samples?.forEach((id, i) => spent.set(id, (spent.get(id) ?? 0) + Math.max(0, deltas[i + 1] ?? 0)));

  const sums = new Map<string, SelfTime>();
  for (const [id, microseconds] of spent) {
    const node = nodes.get(id);
    if (node === undefined || node.callFrame.functionName === '(idle)') continue;
    const place = placeOf(node, parents);
    const key = `${place.room}|${place.name}|${place.onBehalfOf}`;
    sums.set(key, { ...place, microseconds: (sums.get(key)?.microseconds ?? 0) + microseconds });
  }
  return [...sums.values()].toSorted((a, b) => b.microseconds - a.microseconds);
}

/** Sums by `room`, or by whom Node's time is spent for. */
export function byRoom(times: readonly SelfTime[], key: 'room' | 'onBehalfOf'): [room: string, microseconds: number][] {
  const sums = new Map<string, number>();
  for (const time of times) sums.set(time[key], (sums.get(time[key]) ?? 0) + time.microseconds);
  return [...sums].toSorted(([, a], [, b]) => b - a);
}

/** Built-in functions have no file, and WebAssembly none that says whose it is. */
const isNative = (url: string) => url === '' || url.startsWith('wasm:');

export function roomOf(url: string): string {
  const own = /\/dist\/(src|libs\/(?:extensions\/)?[^/]+)\//.exec(url);
  if (own) return own[1];
  const packages = [...url.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)];
  return packages.at(-1)?.[1] ?? (url.startsWith('node:') ? 'node' : 'other');
}

function placeOf(node: ProfileNode, parents: ReadonlyMap<number, ProfileNode>): Omit<SelfTime, 'microseconds'> {
  const { functionName, url, lineNumber } = node.callFrame;
  const special = SPECIAL[functionName];
  if (special !== undefined) return { room: special, name: functionName, onBehalfOf: special };
  let caller = parents.get(node.id);
  const name = functionName || '(anonymous)';
  if (!isNative(url)) {
    const room = roomOf(url);
    const file = url.split('/').at(-1) ?? '';
    return { room, name: `${name} ${file}:${lineNumber + 1}`, onBehalfOf: room === 'node' ? askerOf(caller, parents) : room };
  }
  while (caller !== undefined && isNative(caller.callFrame.url)) caller = parents.get(caller.id);
  const room = roomOf(caller?.callFrame.url ?? 'node:');
  const behalf = room === 'node' ? askerOf(caller, parents) : room;
  return { room, name: `${name} (native) < ${caller?.callFrame.functionName || '(anonymous)'}`, onBehalfOf: behalf };
}

/** Climbs out of Node's own code; what nobody of us has called (sockets, timers) stays Node's. */
function askerOf(from: ProfileNode | undefined, parents: ReadonlyMap<number, ProfileNode>): string {
  for (let node = from; node !== undefined; node = parents.get(node.id)) {
    const { url } = node.callFrame;
    if (!isNative(url) && roomOf(url) !== 'node') return roomOf(url);
  }
  return 'node';
}
