/**
 * How well reading the code of notebooks works: `node bench/preflight.ts FOLDER` reads every notebook below a folder, lists
 * what would be blocked, breaks the clean ones in each way of mutations.ts and says how many faults were found, with cell
 * and line. Notebooks are not part of the repository.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../src/domain/finding.ts';
import { createCodeChecker } from '../src/notebook/check-code.ts';
import { findInCode } from '../src/notebook/find-in-code.ts';
import { loadLint } from '../src/notebook/lint.ts';
import { readSource, type Source } from '../src/notebook/read.ts';
import { type Broken, MUTATIONS } from './mutations.ts';

/** A notebook of 60 cells and about 700 lines as people write them: magics, functions, classes, training. */
export function sixtyCells(): Source {
  const cells = [
    '%matplotlib inline\nimport os\nimport numpy as np\nimport pandas as pd\nimport torch\nfrom torch import nn',
    '!pip list | head',
    '# What follows trains small networks.\nSEED = 42\nnp.random.seed(SEED)\nos.makedirs("out", exist_ok=True)',
  ];
  for (let at = cells.length; at < 60; at++) {
    cells.push(
      at % 3 === 0
        ? `class Net${at}(nn.Module):\n    def __init__(self, width=${at}):\n        super().__init__()\n        self.layers = nn.Sequential(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, 1))\n\n    def forward(self, x):\n        return self.layers(x).squeeze(-1)\n\nnet_${at} = Net${at}()\nprint(f"{sum(p.numel() for p in net_${at}.parameters()):,} weights")`
        : at % 3 === 1
          ? `def prepare_${at}(frame, columns=("a", "b")):\n    """Makes the features."""\n    frame = frame.copy()\n    for column in columns:\n        frame[column + "_log"] = np.log1p(frame[column])\n    if "c" in frame:\n        frame = frame.drop(columns=["c"])\n    return frame\n\ndata_${at} = prepare_${at}(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}))\ndata_${at}.describe()`
          : `%%time\nlosses_${at} = []\nfor epoch in range(10):\n    batch = torch.randn(8, ${at - 2})\n    try:\n        loss = net_${at - 2}(batch).mean()\n    except RuntimeError as error:\n        print(epoch, error)\n        continue\n    losses_${at}.append(float(loss))\n    # every second one\n    if epoch % 2 == 0:\n        print(f"epoch {epoch}: {losses_${at}[-1]:.4f}")`,
    );
  }
  const json = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map((source) => ({ cell_type: 'code', source, metadata: {}, outputs: [], execution_count: null })),
  };
  return readSource('sixty.ipynb', Buffer.from(JSON.stringify(json)));
}

/** Memory of a process in bytes, as Linux tells it; null elsewhere. */
function residentBytes(pid: number): number | null {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/** Times a check of 60 cells through the child: with a fresh one and (median of 30) with a warm one; the child's peak memory. */
export async function measurePreflight(): Promise<{ freshMs: number; warmMs: number; childBytes: number | null }> {
  const checker = createCodeChecker();
  const source = sixtyCells();
  const time = async (): Promise<number> => {
    const began = performance.now();
    const found = await checker.check(source);
    if (found.length > 0) throw new Error(`the clean notebook has findings: ${JSON.stringify(found)}`);
    return performance.now() - began;
  };
  try {
    const freshMs = await time();
    const warm: number[] = [];
    for (let at = 0; at < 30; at++) warm.push(await time());
    warm.sort((a, b) => a - b);
    const pid = checker.pid();
    return { freshMs, warmMs: warm[15] ?? 0, childBytes: pid === null ? null : residentBytes(pid) };
  } finally {
    await checker.stop();
  }
}

/** Always the same choices for the same seed (mulberry32). */
function picker(seed: number): <T>(list: readonly T[]) => T | undefined {
  let state = seed;
  return (list) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return list[((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, list.length)];
  };
}

type Score = { tried: number; found: number; blocked: number; cell: number; line: number };

function judge({ cells, at, name }: Broken, found: readonly Finding[], score: Score): boolean {
  const lineOf = (one: Finding): string =>
    (cells[(one.at?.cell ?? 1) - 1] ?? '').split(/\r\n?|\n/)[(one.at?.line ?? 1) - 1] ?? '';
  const right = found.filter((one) =>
    at === undefined ? name !== undefined && one.sentence.includes(name) : one.at?.cell === at.cell,
  );
  score.tried += 1;
  if (found.length > 0) score.found += 1;
  if (found.some((one) => one.severity === 'blocker')) score.blocked += 1;
  if (right.length > 0) score.cell += 1;
  const exact = right.some((one) =>
    at === undefined
      ? lineOf(one).includes(name ?? '') || one.sentence.includes('is called here')
      : one.at?.line === at.line,
  );
  if (exact) score.line += 1;
  return exact;
}

function measure(folder: string, show: boolean): void {
  const lint = loadLint();
  const check = (cells: readonly string[]): Finding[] => findInCode({ kind: 'notebook', cells, tags: [] }, lint);
  const clean: (readonly string[])[] = [];
  let read = 0;
  let blocked = 0;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) =>
    one.name.endsWith('.ipynb'),
  );
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    let source: Source;
    try {
      source = readSource(file.name, readFileSync(path));
    } catch {
      continue;
    }
    if (source.language !== 'python') continue;
    read += 1;
    const found = check(source.cellSources).filter((one) => one.severity !== 'hint');
    if (found.length === 0) clean.push(source.cellSources);
    const worst = found.find((one) => one.severity === 'blocker');
    if (worst === undefined) continue;
    blocked += 1;
    console.log(`${relative(folder, path)}: cell ${worst.at?.cell}, line ${worst.at?.line}: ${worst.sentence}`);
  }
  console.log(`\n${read} notebooks, ${blocked} blocked (look at each by hand), ${clean.length} clean\n`);
  const total: Score = { tried: 0, found: 0, blocked: 0, cell: 0, line: 0 };
  for (const [index, [kind, mutation]] of Object.entries(MUTATIONS).entries()) {
    const score: Score = { tried: 0, found: 0, blocked: 0, cell: 0, line: 0 };
    const pick = picker(index + 1);
    for (let tries = 0; tries < 300 && score.tried < 30; tries++) {
      const cells = pick(clean);
      const broken = cells === undefined ? null : mutation(cells, pick);
      if (broken === null || cells === undefined) continue;
      const old = new Set(check(cells).map((one) => one.sentence));
      const found = check(broken.cells).filter((one) => !old.has(one.sentence));
      if (!judge(broken, found, score) && show)
        console.log(
          kind,
          JSON.stringify({
            at: broken.at,
            name: broken.name,
            found: found.slice(0, 3),
            text:
              broken.at &&
              broken.cells[broken.at.cell - 1]?.split('\n').slice(Math.max(0, broken.at.line - 3), broken.at.line + 2),
          }),
        );
    }
    for (const key of ['tried', 'found', 'blocked', 'cell', 'line'] as const) total[key] += score[key];
    console.log(row(kind, score));
  }
  console.log(row('all', total));
}

function row(kind: string, { tried, ...counts }: Score): string {
  const part = (n: number): string => (tried === 0 ? '-' : `${((100 * n) / tried).toFixed(0)} %`).padStart(6);
  return `${kind.padEnd(46)} ${String(tried).padStart(5)}  found ${part(counts.found)}  blocked ${part(counts.blocked)}  cell ${part(counts.cell)}  line ${part(counts.line)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  if (folder === undefined) console.log(await measurePreflight());
  else measure(folder, process.argv.includes('--show'));
}
