/**
 * Measures on this machine what Nightshift promises: `npm run bench`, or `npm run bench -- requests memory` for some rows only.
 * Takes about a quarter of an hour; nothing else should run meanwhile.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureCurve } from './curve.ts';
import { drain } from './drain.ts';
import { measureLoad } from './load.ts';
import { measureLogs } from './measure-logs.ts';
import { measureOutputs } from './measure-outputs.ts';
import { memoryWith } from './memory.ts';
import { measurePreflight } from './preflight.ts';
import { requestsPerRun } from './requests.ts';
import { lookEveryHalfMinute, simulateNight } from './simulation/night.ts';

const TRACKED = 10_000;
const PER_SECOND = 200;
const COMPLETIONS = 5_000;
/** Discord takes 50 requests a second of a bot; 45 are used. */
const DRAIN_BAR_SECONDS = (COMPLETIONS / 45) * 1.1;
const MEMORY_AT = [0, 10_000, 50_000] as const;

type Row = readonly [what: string, measured: string, bar: string];
const ms = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} ms`);
const seconds = (value: number): string => `${value.toFixed(1)} s`;
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Of the simulated night. */
    runs: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '30' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'nightshift-bench-'));

const parts: Record<string, () => Promise<Row[]>> = {
  load,
  requests,
  preflight,
  curve,
  logs,
  outputs,
  memory,
  drain: drained,
  night,
};

async function load(): Promise<Row[]> {
  const of = { tracked: TRACKED, perSecond: PER_SECOND, seconds: Number(values.seconds) };
  const { firstLookMs, acknowledged, used, failed } = await measureLoad(of, folder);
  const at = `acknowledge, ${PER_SECOND}/s for ${of.seconds} s with ${TRACKED} tracked runs`;
  return [
    [`restart with ${TRACKED} active runs → first look`, `${firstLookMs} ms`, '≤ 2 s'],
    [`${at}, p50`, ms(acknowledged.percentile(0.5)), ''],
    ['… p99', ms(acknowledged.percentile(0.99)), '≤ 50 ms'],
    ['… p99.9', ms(acknowledged.percentile(0.999)), '≤ 200 ms'],
    ['… not answered in time', `${failed} of ${used}`, '0'],
  ];
}

async function requests(): Promise<Row[]> {
  const counted = await requestsPerRun();
  return counted.flatMap(({ name, bar, requests: asked, commits }): Row[] => [
    [`Kaggle requests for a run of 30 min, ${name}`, String(asked), bar],
    ['… database commits', String(commits), ''],
  ]);
}

async function preflight(): Promise<Row[]> {
  const { freshMs, warmMs, childBytes } = await measurePreflight();
  return [
    ['preflight of 60 cells, warm (median of 30)', ms(warmMs), '≤ 100 ms'],
    ['… with a fresh child', ms(freshMs), '≤ 400 ms'],
    ['… peak memory of the child', childBytes === null ? '–' : mb(childBytes), '≤ 150 MB'],
  ];
}

async function curve(): Promise<Row[]> {
  const { firstMs, warmMs, bytes } = measureCurve();
  return [
    ['curve as PNG, 3 series over 70 epochs, warm (median of 20)', ms(warmMs), '≤ 150 ms'],
    ['… the first one', `${ms(firstMs)}, ${(bytes / 1e3).toFixed(0)} kB`, ''],
  ];
}

async function logs(): Promise<Row[]> {
  return measureLogs().map(({ kind, megabytes, seconds: took, megabytesPerSecond, peakBytes }) => [
    `reading a log of ${megabytes.toFixed(0)} MB, ${kind}`,
    `${seconds(took)} of processor time, ${megabytesPerSecond.toFixed(1)} MB/s, ${mb(peakBytes)} more memory at most`,
    '',
  ]);
}

async function outputs(): Promise<Row[]> {
  const { files, listed, requests: asked, seconds: took, sortMs } = await measureOutputs(5_000);
  return [
    [
      `listing ${files} output files`,
      `${listed} in ${seconds(took)} with ${asked} requests, of that ${ms(sortMs)} of sorting`,
      '',
    ],
  ];
}

async function night(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, bar, delays, requests: asked, edits } of await simulateNight(Number(values.runs))) {
    const [p50, p99, most] = delays;
    rows.push(
      [`end → posted, ${name}: p50 / p99 / longest`, [p50, p99, most].map(seconds).join(' / '), bar],
      ['… Kaggle requests per run', asked.toFixed(1), ''],
      ...(edits === null ? [] : [['… edits of its card', edits.toFixed(1), ''] as const]),
    );
  }
  const plain = lookEveryHalfMinute(Number(values.runs));
  rows.push(
    [
      'looking every 30 s instead (arithmetic on the same runs): p50 / p99 / longest',
      plain.delays.map(seconds).join(' / '),
      '',
    ],
    ['… Kaggle requests per run', plain.requests.toFixed(1), ''],
  );
  return rows;
}

async function memory(): Promise<Row[]> {
  const rows: Row[] = [];
  let idle: number | null = null;
  for (const runs of MEMORY_AT) {
    const { bytes, streams } = await memoryWith(runs, folder);
    const more = idle === null ? '' : `, ${mb(((bytes - idle) / runs) * 10_000)} per 10,000 runs`;
    rows.push([
      `resident memory with ${runs} runs`,
      `${mb(bytes)}${more}${streams > 0 ? `, ${streams} log streams open` : ''}`,
      idle === null ? '≤ 150 MB' : '≤ 10 MB more per 10,000 runs',
    ]);
    idle ??= bytes;
  }
  return rows;
}

async function drained(): Promise<Row[]> {
  const { seconds: took, posted, refused } = await drain(COMPLETIONS, folder);
  return [
    [
      `${COMPLETIONS} completions at once, in 500 channels, under Discord's limits`,
      `${posted} told in ${seconds(took)}`,
      `≤ ${seconds(DRAIN_BAR_SECONDS)}`,
    ],
    ['… refused by Discord (429)', String(refused), '0'],
  ];
}

try {
  const asked = positionals.length === 0 ? Object.keys(parts) : positionals;
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${mb(totalmem())} memory, Node ${process.versions.node}\n`,
  );
  console.log('| what | measured | bar |\n|---|---|---|');
  for (const name of asked) {
    const part = parts[name];
    if (part === undefined) throw new Error(`there is no row ${name}; there are ${Object.keys(parts).join(', ')}`);
    for (const row of await part()) console.log(`| ${row.join(' | ')} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
