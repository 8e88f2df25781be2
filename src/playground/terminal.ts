import type { APIMessage } from 'discord-api-types/v10';
import type { Sighting } from './discord/types.ts';
import { commandOf, componentsOf, FLAG, has, textsOf } from './page/message-facts.ts';
import { type Names, plainText } from './page/plain-text.ts';
import { sizeText, timeText } from './page/time.ts';

/**
 * The channel in the terminal: each message once, as plain text with every link, and of the edits only those that say something
 * new. So the main job is seen to its end without a browser.
 */

export type ChannelInTerminal = Names & {
  /** The channels that are printed, and what stands before their lines. */
  readonly channels: Readonly<Record<string, string>>;
  /** ms since the epoch; the system's clock when absent. */
  readonly now?: () => number;
  /** IANA name; the system's own when absent. */
  readonly zone?: string;
};

/** Progress is told again when it has moved this far. */
const PERCENT_STEP = 20;

type Watched = { watch(see: (sighting: Sighting) => void): () => void };
type Told = { readonly heading: string; readonly percent: number };

/**
 * Writes lines (without line ends) from now on. @returns a function that stops it.
 */
export function printChannel(sightings: Watched, write: (line: string) => void, of: ChannelInTerminal): () => void {
  const now = of.now ?? Date.now;
  const told = new Map<string, Told>();
  const put = (message: APIMessage, lines: readonly string[]): void => {
    const time = timeText(now() / 1_000, 't', 0, of.zone);
    const place = of.channels[message.channel_id] ?? '';
    const name = message.author.global_name ?? message.author.username;
    const head = `${time}  ${place} ${name}${has(message, FLAG.ephemeral) ? ' (only you see this)' : ''}: `;
    lines.forEach((line, at) => {
      write(at === 0 ? `${head}${line}` : `       ${line}`);
    });
  };
  return sightings.watch((sighting) => {
    if (sighting.type !== 'message' && sighting.type !== 'edit') return;
    const { message, channelId, onlyFor } = sighting;
    if (of.channels[channelId] === undefined || (onlyFor !== null && onlyFor !== of.you.id)) return;
    // While the bot thinks there is nothing to say; what it then says arrives as an edit.
    if (has(message, FLAG.loading)) return;
    const lines = linesOf(message, of, now());
    const before = told.get(message.id);
    const after = toldBy(lines);
    if (before === undefined) {
      const command = commandOf(message);
      put(message, command === null ? lines : [`answers /${command.name}`, ...lines]);
    } else if (before.heading !== after.heading) {
      put(message, lines);
    } else if (after.percent >= before.percent + PERCENT_STEP || (after.percent === 100 && before.percent < 100)) {
      put(message, [progressLine(lines)]);
    } else {
      return;
    }
    told.set(message.id, after);
  });
}

const PERCENT = /(?:^|\s)(\d{1,3})%/;

/** The heading without what moves in it, and how far it is. */
function toldBy(lines: readonly string[]): Told {
  const percent = Number(PERCENT.exec(lines.find((line) => PERCENT.test(line)) ?? '')?.[1] ?? 0);
  const heading = (lines[0] ?? '').replace(/\b(epoch|step|fold|batch)\s[\d.,]+ of [\d.,]+/g, '$1');
  return { heading, percent };
}

/** One line instead of the whole card: the heading, the bar, and the first number after it. */
function progressLine(lines: readonly string[]): string {
  const bar = lines.findIndex((line) => PERCENT.test(line));
  const next = lines.slice(bar + 1).find((line) => line.trim() !== '');
  return [lines[0], lines[bar]?.trim(), next].filter((line) => line !== undefined).join(' · ');
}

/** In the terminal there is no channel to go to. */
const isOfDiscord = (address: string): boolean => /^https?:\/\/(?:[\w-]+\.)*discord\.com(?:[/?#]|$)/i.test(address);

/** A message as lines: its text, its buttons as `[Log]`, its files by name. */
export function linesOf(message: APIMessage, names: Names, now: number): readonly string[] {
  const texts = textsOf(message).flatMap((text) => plainText(text, names, isOfDiscord, now).split('\n'));
  const buttons: string[] = [];
  for (const component of componentsOf(message.components ?? [])) {
    if (component.type === 2) buttons.push(buttonText(component));
    else if (component.type === 3) buttons.push(`[${String(component.placeholder ?? 'Select')} ▾]`);
  }
  const files = message.attachments.map((file) => `${file.filename} (${sizeText(file.size)})`);
  const lines = [...texts, buttons.join(' '), files.length === 0 ? '' : `Files: ${files.join(', ')}`];
  // No control sequence of a notebook may reach the terminal.
  return lines.map(withoutControls).filter((line) => line.trim() !== '');
}

const withoutControls = (line: string): string => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trimEnd();

function buttonText(component: Record<string, unknown>): string {
  const label = `[${String(component.label ?? '')}]`;
  return typeof component.url === 'string' && !isOfDiscord(component.url) ? `${label} (${component.url})` : label;
}
