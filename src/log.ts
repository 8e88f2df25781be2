import { pino } from 'pino';

export type Log = {
  debug(fields: object, sentence: string): void;
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
};

/** JSON lines on stderr. Fields named like secrets are removed even if somebody passes them. */
export const createLog = (level: string): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'token',
          'key',
          'authorization',
          '*.token',
          '*.key',
          '*.authorization',
          'err.config',
          'err.request',
          'err.response',
        ],
        remove: true,
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** What of an error may stand in the log: name, message and stack; never the fields a library hung on it. */
export function errorFields(error: unknown): { name: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { name: 'thrown', message: String(error) };
  return { name: error.name, message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
}
