/** Stands in for node-cron behind the heartbeat: node-cron cannot beat more often than once a real second. */
const EACH_MS = Number(process.env.CHAOS_BEAT_MS);

export function schedule(_expression: string, beat: () => void): { destroy(): Promise<void> } {
  const timer = setInterval(beat, EACH_MS);
  return {
    destroy: async () => clearInterval(timer),
  };
}
