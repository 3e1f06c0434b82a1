import { describe, expect, it } from 'vitest';
import { byRoom, roomOf, selfTimes, type CpuProfile, type ProfileNode } from './cpu-profile.js';

const KAFKA = 'file:///home/inlet/dist/libs/kafka/src/records/record.js';
const PRODUCER = 'file:///home/inlet/node_modules/@platformatic/kafka/dist/network/connection.js';

describe('the time of a CPU profile', () => {
  it('goes to the room whose file was running until the next sample', () => {
    expect(selfTimes(profile([node(1, 'encode', KAFKA)], [1, 1], [100, 40, 60]))).toEqual([
      { room: 'libs/kafka', name: 'encode record.js:1', onBehalfOf: 'libs/kafka', microseconds: 100 },
    ]);
  });

  it('does not count what is idle', () => {
    expect(selfTimes(profile([node(1, '(idle)', '')], [1, 1], [0, 500, 500]))).toEqual([]);
  });

  it('gives native code and WebAssembly to their caller', () => {
    const nodes = [node(1, 'encode', KAFKA, [2, 3]), node(2, 'latin1Write', ''), node(3, 'wasm-function[26]', 'wasm://wasm/37fe2')];
    const times = selfTimes(profile(nodes, [2, 3, 3], [0, 20, 10, 5]));
    expect(byRoom(times, 'room')).toEqual([['libs/kafka', 35]]);
    expect(times[0].name).toBe('latin1Write (native) < encode');
  });

  it('says for whom Node works', () => {
    const nodes = [node(1, 'send', PRODUCER, [2]), node(2, 'write', 'node:net', [3]), node(3, 'writeBuffer', '')];
    const times = selfTimes(profile(nodes, [1, 3], [0, 2, 7]));
    expect(byRoom(times, 'room')).toEqual([
      ['node', 7],
      ['@platformatic/kafka', 2],
    ]);
    expect(byRoom(times, 'onBehalfOf')).toEqual([['@platformatic/kafka', 9]]);
  });

  it('keeps apart what belongs to no function', () => {
    const nodes = [node(1, '(garbage collector)', ''), node(2, '(program)', '')];
    expect(byRoom(selfTimes(profile(nodes, [1, 2], [0, 5, 3])), 'room')).toEqual([
      ['(garbage collector)', 5],
      ['(system and native)', 3],
    ]);
  });

  it('names the innermost package and our extensions', () => {
    expect(roomOf('file:///x/node_modules/a/node_modules/@b/c/index.js')).toBe('@b/c');
    expect(roomOf('file:///x/dist/libs/extensions/bots/src/bots.js')).toBe('libs/extensions/bots');
    expect(roomOf('file:///x/dist/src/serve.js')).toBe('src');
  });
});

function profile(nodes: ProfileNode[], samples: number[], timeDeltas: number[]): CpuProfile {
  return { nodes, samples, timeDeltas };
}

function node(id: number, functionName: string, url: string, children: number[] = []): ProfileNode {
  return { id, callFrame: { functionName, url, lineNumber: 0 }, children };
}
