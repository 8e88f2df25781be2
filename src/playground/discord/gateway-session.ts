import { GatewayOpcodes } from 'discord-api-types/v10';
import type { WebSocket } from 'ws';

/** So many events are kept for a resume. */
const MAX_KEPT = 5_000;

/** One gateway session: its numbered events and, while it is connected, its socket. */
export class GatewaySession {
  readonly id: string;
  readonly intents: number;
  #socket: WebSocket | null;
  #seq = 0;
  #kept: { readonly seq: number; readonly text: string }[] = [];
  #silent = false;
  /** Monotonic, ms; null while it is connected. */
  awaySince: number | null = null;

  constructor(id: string, intents: number, socket: WebSocket) {
    this.id = id;
    this.intents = intents;
    this.#socket = socket;
  }

  get isConnected(): boolean {
    return this.#socket !== null && this.#socket.readyState === this.#socket.OPEN;
  }

  send(event: string, data: unknown): void {
    this.#seq += 1;
    const text = JSON.stringify({ op: GatewayOpcodes.Dispatch, t: event, s: this.#seq, d: data });
    this.#kept.push({ seq: this.#seq, text });
    if (this.#kept.length > MAX_KEPT) this.#kept.shift();
    if (this.isConnected && !this.#silent) this.#socket?.send(text);
  }

  sendOp(op: number, data: unknown): void {
    if (this.isConnected) this.#socket?.send(JSON.stringify({ op, d: data, s: null, t: null }));
  }

  /** Takes the session up on another socket and sends what was missed. @returns false when that number was never sent. */
  resume(socket: WebSocket, seq: number): boolean {
    const oldest = this.#kept[0]?.seq ?? this.#seq + 1;
    if (seq > this.#seq || seq < oldest - 1) return false;
    const before = this.#socket;
    this.#socket = socket;
    this.awaySince = null;
    if (before !== null && before !== socket) before.close(4000, 'Resumed elsewhere.');
    for (const one of this.#kept) if (one.seq > seq) socket.send(one.text);
    this.#kept = this.#kept.filter((one) => one.seq > seq);
    this.send('RESUMED', { _trace: [] });
    return true;
  }

  left(socket: WebSocket, at: number): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.awaySince = at;
  }

  drop(abruptly: boolean): void {
    if (abruptly) this.#socket?.terminate();
    else this.#socket?.close(4000, 'Unknown error.');
  }

  detach(): void {
    this.#socket = null;
  }

  silence(silent: boolean): void {
    this.#silent = silent;
  }
}
