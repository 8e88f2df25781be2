import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { GatewayOpcodes } from 'discord-api-types/v10';
import { type WebSocket, WebSocketServer } from 'ws';
import { MINUTE } from '../../clock.ts';
import { isObject, type Json } from './check/form.ts';
import type { Discord } from './discord.ts';
import { GatewaySession } from './gateway-session.ts';
import { botUser, guildCreate } from './payloads.ts';

export const INTENT = { guilds: 1, guildMessages: 512, directMessages: 4096, messageContent: 32_768 } as const;
const PRIVILEGED = 2 | 256 | INTENT.messageContent;
const KNOWN_INTENTS = 0x1_ffff | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);
/** After that a lost session cannot be taken up again. */
const RESUME_WINDOW = 3 * MINUTE;
const MAX_PAYLOAD = 4096;

/** Gateway v10: the socket over which the bot hears. One bot, usually one session, as many as it opens. */
export class Gateway {
  readonly #discord: () => Discord;
  readonly #heartbeatMs: number;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  readonly #sessions = new Map<string, GatewaySession>();
  readonly #duplicates = new Map<string, number>();
  readonly #lost = new Map<string, number>();
  #refuseSessions = false;
  #silent = false;
  url = '';

  constructor(discord: () => Discord, heartbeatMs: number) {
    this.#discord = discord;
    this.#heartbeatMs = heartbeatMs;
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      this.#server.handleUpgrade(request, socket, head, (client) => this.#greet(client, request.url ?? '/'));
    });
  }

  get online(): boolean {
    return [...this.#sessions.values()].some((session) => session.isConnected);
  }

  /**
   * Sends an event to every session that asked for it; those that are away keep it for their resume.
   * @param intent 0: needs none. @returns how many sessions have it now or will.
   */
  dispatch(event: string, data: unknown, intent: number): number {
    const lost = this.#lost.get(event) ?? 0;
    if (lost > 0) {
      this.#lost.set(event, lost - 1);
      return 1;
    }
    const twice = this.#duplicates.get(event) ?? 0;
    if (twice > 0) this.#duplicates.set(event, twice - 1);
    let heard = 0;
    this.#forgetOld();
    for (const session of this.#sessions.values()) {
      if (intent !== 0 && (session.intents & intent) === 0) continue;
      heard += 1;
      for (let n = 0; n < (twice > 0 ? 2 : 1); n++) session.send(event, data);
    }
    return heard;
  }

  /** The connection breaks; the session can be resumed. @param abruptly without a close frame. */
  drop(abruptly = false): void {
    for (const session of this.#sessions.values()) session.drop(abruptly);
  }

  /** Op 7: the platform asks the bot to connect again. */
  askToReconnect(): void {
    for (const session of this.#sessions.values()) session.sendOp(GatewayOpcodes.Reconnect, null);
  }

  /** Op 9: the session is gone; the bot has to identify anew. */
  invalidate(): void {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) {
      session.sendOp(GatewayOpcodes.InvalidSession, false);
      session.detach();
    }
    this.#tellOnline();
  }

  /** While true nothing is sent and no heartbeat is answered: a connection that looks alive and is not. */
  silence(silent: boolean): void {
    this.#silent = silent;
    for (const session of this.#sessions.values()) session.silence(silent);
  }

  /** While true every identify and resume is answered with op 9. */
  refuseSessions(refuse: boolean): void {
    this.#refuseSessions = refuse;
  }

  /** The next event of that name is sent twice. */
  duplicateNext(event: string): void {
    this.#duplicates.set(event, (this.#duplicates.get(event) ?? 0) + 1);
  }

  /** The next event of that name never arrives. */
  loseNext(event: string): void {
    this.#lost.set(event, (this.#lost.get(event) ?? 0) + 1);
  }

  close(): void {
    for (const session of this.#sessions.values()) session.detach();
    this.#sessions.clear();
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #greet(client: WebSocket, url: string): void {
    const query = new URL(url, 'http://gateway').searchParams;
    client.on('error', () => client.terminate());
    if (query.get('v') !== '10') {
      client.close(4012, 'Invalid API version.');
      return;
    }
    if (query.get('encoding') !== 'json' || query.has('compress')) {
      client.close(4002, 'The playground speaks uncompressed JSON only.');
      return;
    }
    let session: GatewaySession | null = null;
    let sent = 0;
    let windowEndsAt = 0;
    let heartbeat = this.#awaitHeartbeat(client);
    client.on('close', (code) => {
      clearTimeout(heartbeat);
      session?.left(client, this.#discord().clock.mono());
      if (session !== null && (code === 1000 || code === 1001)) this.#sessions.delete(session.id);
      this.#tellOnline();
    });
    client.on('message', (data) => {
      const text = data.toString();
      if (performance.now() > windowEndsAt) [sent, windowEndsAt] = [0, performance.now() + MINUTE];
      if (++sent > 120) return client.close(4008, 'You are being rate limited.');
      const packet = parse(text);
      if (packet === null || Buffer.byteLength(text) > MAX_PAYLOAD)
        return client.close(4002, 'Error while decoding payload.');
      if (packet.op === GatewayOpcodes.Heartbeat) {
        clearTimeout(heartbeat);
        heartbeat = this.#awaitHeartbeat(client);
        if (!this.#silent) client.send(JSON.stringify({ op: GatewayOpcodes.HeartbeatAck, d: null, s: null, t: null }));
      } else if (packet.op === GatewayOpcodes.Identify || packet.op === GatewayOpcodes.Resume) {
        if (session !== null) return client.close(4005, 'Already authenticated.');
        const data = isObject(packet.d) ? packet.d : {};
        session = packet.op === GatewayOpcodes.Identify ? this.#identify(client, data) : this.#resume(client, data);
      } else if (session === null) client.close(4003, 'Not authenticated.');
      else if (packet.op === GatewayOpcodes.RequestGuildMembers) this.#sendMembers(session, packet.d);
      else if (packet.op !== GatewayOpcodes.PresenceUpdate && packet.op !== GatewayOpcodes.VoiceStateUpdate) {
        client.close(4001, 'Unknown opcode.');
      }
    });
    client.send(
      JSON.stringify({
        op: GatewayOpcodes.Hello,
        d: { heartbeat_interval: this.#heartbeatMs, _trace: [] },
        s: null,
        t: null,
      }),
    );
  }

  #awaitHeartbeat(client: WebSocket): NodeJS.Timeout {
    return setTimeout(() => client.close(4009, 'Session timed out.'), this.#heartbeatMs * 1.5 + 1_000).unref();
  }

  #identify(client: WebSocket, data: Json): GatewaySession | null {
    const discord = this.#discord();
    if (data.token !== discord.application.token && data.token !== `Bot ${discord.application.token}`) {
      client.close(4004, 'Authentication failed.');
      return null;
    }
    const intents = typeof data.intents === 'number' ? data.intents : -1;
    const shard = Array.isArray(data.shard) ? data.shard : [0, 1];
    if (!Number.isInteger(shard[0]) || !Number.isInteger(shard[1]) || shard[0] < 0 || shard[0] >= shard[1]) {
      client.close(4010, 'Invalid shard.');
      return null;
    }
    if (intents < 0 || (intents & ~KNOWN_INTENTS) !== 0) {
      client.close(4013, 'Invalid intent(s).');
      return null;
    }
    if ((intents & PRIVILEGED & ~discord.application.privilegedIntents) !== 0) {
      client.close(4014, 'Disallowed intent(s).');
      return null;
    }
    if (this.#refuseSessions) {
      client.send(JSON.stringify({ op: GatewayOpcodes.InvalidSession, d: false, s: null, t: null }));
      return null;
    }
    const session = new GatewaySession(randomBytes(16).toString('hex'), intents, client);
    session.silence(this.#silent);
    this.#sessions.set(session.id, session);
    const guilds = [...discord.world.guilds.values()].filter((guild) => guild.botIsMember);
    session.send('READY', {
      v: 10,
      user: { ...botUser(discord), verified: true, mfa_enabled: true, email: null },
      user_settings: {},
      session_type: 'normal',
      session_id: session.id,
      resume_gateway_url: this.url,
      relationships: [],
      private_channels: [],
      presences: [],
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      guild_join_requests: [],
      geo_ordered_rtc_regions: [],
      application: { id: discord.application.id, flags: 0 },
      shard,
      _trace: [],
    });
    if ((intents & INTENT.guilds) !== 0) {
      for (const guild of guilds) {
        session.send(
          'GUILD_CREATE',
          guild.unavailable ? { id: guild.id, unavailable: true } : guildCreate(discord, guild),
        );
      }
    }
    this.#tellOnline();
    return session;
  }

  #resume(client: WebSocket, data: Json): GatewaySession | null {
    const discord = this.#discord();
    if (data.token !== discord.application.token && data.token !== `Bot ${discord.application.token}`) {
      client.close(4004, 'Authentication failed.');
      return null;
    }
    this.#forgetOld();
    const session = this.#sessions.get(String(data.session_id));
    if (session === undefined || this.#refuseSessions) {
      client.send(JSON.stringify({ op: GatewayOpcodes.InvalidSession, d: false, s: null, t: null }));
      return null;
    }
    if (typeof data.seq !== 'number' || !session.resume(client, data.seq)) {
      client.close(4007, 'Invalid seq.');
      return null;
    }
    this.#tellOnline();
    return session;
  }

  #sendMembers(session: GatewaySession, data: unknown): void {
    if (!isObject(data)) return;
    const nonce = typeof data.nonce === 'string' ? { nonce: data.nonce } : {};
    session.send('GUILD_MEMBERS_CHUNK', {
      guild_id: data.guild_id,
      members: [],
      chunk_index: 0,
      chunk_count: 1,
      not_found: [],
      ...nonce,
    });
  }

  #forgetOld(): void {
    const now = this.#discord().clock.mono();
    for (const session of this.#sessions.values()) {
      if (session.awaySince !== null && now - session.awaySince > RESUME_WINDOW) this.#sessions.delete(session.id);
    }
  }

  #toldOnline = false;
  #tellOnline(): void {
    if (this.online === this.#toldOnline) return;
    this.#toldOnline = this.online;
    this.#discord().sightings.tell({ type: 'bot', online: this.online });
  }
}

function parse(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
