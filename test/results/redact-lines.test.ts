import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogReading } from '../../src/results/log.ts';
import { redact } from '../../src/results/redact.ts';

// Put together here, so that no scanner takes this file for a leak.
const HEX = '0123456789abcdef0123456789abcdef';
const SECRETS: readonly (readonly [string, string])[] = [
  ['a Kaggle token', `KGAT_${HEX}`],
  ['a Hub token', `hf_${'AbCd1234'.repeat(4)}`],
  ['a GitHub token', `ghp_${'Ab12'.repeat(9)}`],
  ['an OpenAI key', `sk-${'aB3d'.repeat(12)}`],
  ['an AWS key', `AKIA${'ABCD2345'.repeat(2)}`],
  ['a Slack token', `xoxe-${'1234567890-'.repeat(2)}abcdef`],
  ['a Google key', `AIza${'Sy1_-'.repeat(7)}`],
  ['a Discord token', `MTA${'x1Y2'.repeat(6)}.Gh1_-a.${'aB3_'.repeat(9)}`],
];

const printed = (lines: readonly string[]): string => lines.join('\n');

const HIDES: readonly (readonly [string, string, string])[] = [
  ...SECRETS.map(([name, secret]): [string, string, string] => [
    name,
    `before ${secret} after`,
    'before [hidden] after',
  ]),
  [
    'the password in an address',
    'git clone https://mara:s3cr3t-pass@git.example/x',
    'git clone https://mara:[hidden]@git.example/x',
  ],
  ['a token in an address', `https://${'aB3d'.repeat(8)}@github.com/x`, 'https://[hidden]@github.com/x'],
  [
    'a webhook of Discord',
    'https://discord.com/api/webhooks/123456/aBc-123_x',
    'https://discord.com/api/webhooks/[hidden]',
  ],
  [
    'a webhook of Slack',
    'https://hooks.slack.com/services/T00/B00/xyz123',
    'https://hooks.slack.com/services/[hidden]',
  ],
  ['a key of Weights & Biases', `wandb login ${HEX}01234567`, 'wandb login [hidden]'],
  [
    'an AWS secret',
    'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1',
    'aws_secret_access_key = [hidden]',
  ],
  [
    'a private key on one line',
    '"private_key": "-----BEGIN PRIVATE KEY-----\\nMIIEvAIBADANBg\\n-----END PRIVATE KEY-----\\n"',
    '"private_key": "-----BEGIN PRIVATE KEY-----[hidden]-----END PRIVATE KEY-----\\n"',
  ],
];

describe('redact hides, wherever it stands on the line,', () => {
  it.each(HIDES)('%s', (_, text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    `md5 ${HEX}`,
    `cache_key: ${HEX}`,
    'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'Downloading https://files.example/torch-2.8.0+cu126-cp312-cp312-manylinux_2_28_x86_64.whl',
    'wandb: Run data is saved locally in /kaggle/working/wandb/run-20261123_142201-ab12cd34',
    'contact mara@example.org about http://example.org:8080/x',
    'task-specific-head-configuration v2',
  ])('but nothing in %j', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('a log does not show', () => {
  it.each(SECRETS)('%s, however it is cut into pieces, at any moment', (_, secret) => {
    const text = `line one\nusing ${secret}\nEpoch 1/3 loss: 0.5\n`;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: text.length - 1 }),
        fc.integer({ min: 1, max: text.length - 1 }),
        (a, b) => {
          const [first, second] = [Math.min(a, b), Math.max(a, b)];
          const reading = new LogReading();
          for (const piece of [text.slice(0, first), text.slice(first, second), text.slice(second)]) {
            reading.push({ stream: 'stdout', time: 0, text: piece });
            // Eleven characters of it tell nobody anything; more would.
            // The first part of a Discord token is the id of the bot, which everybody knows.
            for (let at = secret.startsWith('MTA') ? 35 : 0; at + 12 <= secret.length; at += 1)
              expect(printed(reading.tail(10))).not.toContain(secret.slice(at, at + 12));
          }
          expect(reading.text(1_000)).toContain('[hidden]');
          expect(reading.text(1_000)).not.toContain(secret);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('a token that is wrapped onto the next line', () => {
    const reading = new LogReading();
    reading.push({ stream: 'stdout', time: 0, text: "token: 'KGAT_0123456789ab\ncdef0123456789abcdef'\nnext\n" });
    expect(reading.tail(5)).toEqual(["token: '[hidden]", "[hidden]'", 'next']);
  });

  it('a private key over many lines, and shows what follows it', () => {
    const reading = new LogReading();
    const body = Array.from({ length: 26 }, () => 'MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQ').join('\n');
    reading.push({
      stream: 'stdout',
      time: 0,
      text: `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----\nEpoch 1/2 loss: 0.5\n`,
    });
    expect(reading.text(10_000)).not.toContain('MIIE');
    expect(reading.tail(1)).toEqual(['Epoch 1/2 loss: 0.5']);
  });

  it('less than there is when only the head of a key was printed', () => {
    const reading = new LogReading();
    reading.push({
      stream: 'stdout',
      time: 0,
      text: '-----BEGIN PRIVATE KEY-----\nEpoch [1/2] loss: 0.5 | ok\nEpoch [2/2] loss: 0.4 | ok\n',
    });
    expect(reading.tail(2)).toEqual(['Epoch [1/2] loss: 0.5 | ok', 'Epoch [2/2] loss: 0.4 | ok']);
  });
});
