import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NodeDisk } from '../disk.js';
import { slotNames } from './slots.js';
import { surveySpool } from './survey.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'inlet-slots-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('names the slots of a spool in the order of their numbers, and nothing that lies beside them', async () => {
  for (const name of ['slot-10', 'slot-2', 'slot-0', 'slot-x', 'slot-1234567', 'old-slot-3', 'lost+found']) mkdirSync(join(root, name));
  expect(await slotNames(new NodeDisk(), root)).toEqual(['slot-0', 'slot-2', 'slot-10']);
  expect((await surveySpool(root)).map(({ slot }) => slot)).toEqual(['slot-0', 'slot-2', 'slot-10']);
});

it('finds nothing to survey where there is no directory, and makes none', async () => {
  expect(await surveySpool(join(root, 'spool'))).toEqual([]);
  expect(await slotNames(new NodeDisk(), root)).toEqual([]);
});
