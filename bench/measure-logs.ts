import { type LogChunk, LogReading } from '../src/results/log.ts';

/** How long a log of one kind takes to read, and how much memory grows meanwhile. */
export type LogMeasure = {
  readonly kind: string;
  readonly megabytes: number;
  readonly seconds: number;
  readonly megabytesPerSecond: number;
  /** The most the process held above what it held before, in bytes; garbage not yet collected included. */
  readonly peakBytes: number;
  /** What was read, so that a fast reading is not an empty one. */
  readonly read: string;
};

const SIZE = 50_000_000;
/** Kaggle's records are cut by time, not by line: pieces of any length. */
const PIECES = [137, 4_096, 33, 9_000, 801, 65_536];

/** Bars redrawn with a carriage return for each batch, as Keras prints them. */
function* kerasBars(): Generator<string> {
  for (let epoch = 1; ; epoch += 1) {
    yield `Epoch ${epoch}/100000\n`;
    for (let batch = 1; batch <= 500; batch += 1) {
      const loss = (1 / epoch + 1 / batch).toFixed(4);
      const end = batch === 500 ? ` - val_accuracy: 0.${9000 + (epoch % 900)} - val_loss: ${loss}\n` : '\r';
      const bar = '━'.repeat(Math.floor(batch / 25));
      yield `\u001b[1m${batch}/500\u001b[0m \u001b[32m${bar}\u001b[0m \u001b[1m3s\u001b[0m 20ms/step - accuracy: 0.8123 - loss: ${loss}${end}`;
    }
  }
}

/** A line for every few batches and one for each epoch, as loops in PyTorch print them. */
function* pytorchPrints(): Generator<string> {
  for (let epoch = 1; ; epoch += 1) {
    for (let step = 100; step <= 2_000; step += 100)
      yield `Epoch [${epoch}/90000], Step [${step}/2000], Loss: ${(1 / epoch + 1 / step).toFixed(4)}, Time: 12.3s\n`;
    yield `Epoch ${epoch}/90000 | Train Loss: ${(1 / epoch).toFixed(4)} | Train Acc: 88.12% | Val. Loss: 0.4123 | Val. Acc: 90.25%\n`;
  }
}

/** What has nothing to do with a training: pip, paths, warnings, numbers, binary. */
function* noise(): Generator<string> {
  for (let index = 0; ; index += 1) {
    yield `Requirement already satisfied: numpy>=1.${index % 30} in /usr/local/lib/python3.12/dist-packages (from torch==2.${index % 9}) (1.26.4)\n`;
    yield `2026-11-23 14:22:01.${index % 1_000} W tensorflow/core/framework/cpu_allocator_impl.cc:83] Allocation of ${index * 7_919} exceeds 10% of memory.\n`;
    yield `[[0.${index % 997} 0.2017989 0.1956961] [15.517 2.2712 2.7129]] shape=(3, 8), dtype=float32\n`;
    if (index % 50 === 0) yield `\u0000\u0001\ufffd${'x'.repeat(300)}\u001b[38;5;${index % 255}m\b\b\b`;
  }
}

function read(kind: string, lines: Generator<string>): LogMeasure {
  const reading = new LogReading();
  const before = process.memoryUsage().rss;
  let peak = before;
  let bytes = 0;
  let spent = 0;
  let waiting = '';
  for (let piece = 0; bytes < SIZE; piece += 1) {
    const length = PIECES[piece % PIECES.length] ?? 1;
    while (waiting.length < length) waiting += lines.next().value;
    const chunk: LogChunk = { stream: 'stdout', time: bytes / 10_000, text: waiting.slice(0, length) };
    waiting = waiting.slice(length);
    bytes += Buffer.byteLength(chunk.text);
    const begun = process.cpuUsage();
    reading.push(chunk);
    if (piece % 600 === 0) reading.progress();
    const { user, system } = process.cpuUsage(begun);
    spent += (user + system) / 1_000;
    if (piece % 50 === 0) peak = Math.max(peak, process.memoryUsage().rss);
  }
  reading.end();
  const progress = reading.progress();
  const seconds = spent / 1_000;
  const series = progress?.series.map(({ name, lastText }) => `${name}=${lastText}`).join(' ') ?? '';
  return {
    kind,
    megabytes: bytes / 1e6,
    seconds,
    megabytesPerSecond: bytes / 1e6 / seconds,
    peakBytes: peak - before,
    read: progress === null ? 'nothing' : `${progress.unit} ${progress.at ?? '?'} ${series}`,
  };
}

/** Reads a log of 50 MB of each of three kinds, piece by piece. Takes some seconds of this process. */
export const measureLogs = (): LogMeasure[] => [
  read('Keras bars', kerasBars()),
  read('PyTorch prints', pytorchPrints()),
  read('noise', noise()),
];
