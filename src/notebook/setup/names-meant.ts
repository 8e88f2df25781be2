import type { Program } from './program.ts';

/** Name in the notebook to the full name of what was imported under it: `np` to `numpy`, `Adam` to `keras.optimizers.Adam`. */
export type Aliases = ReadonlyMap<string, string>;

/** What the names of the imports stand for; a name that two imports or an assignment give another meaning is left out. */
export function aliasesOf(program: Program): Aliases {
  const found = new Map<string, string | null>();
  const bind = (name: string, full: string): void => {
    const before = found.get(name);
    found.set(name, before === undefined || before === full ? full : null);
  };
  for (const statement of new Set(program.imports.map((one) => one.statement))) {
    for (const part of statement.code
      .replace(/^(\s*(?:try|else|finally|if\b[^:]*|except\b[^:]*)):/, '$1;')
      .split(';')) {
      const from = /^\s*from\s+([\w.]+)\s+import\s+([\s\S]*)/.exec(part);
      const list = from?.[2] ?? /^\s*import\s+([\s\S]*)/.exec(part)?.[1];
      if (list === undefined) continue;
      for (const one of list.replace(/[()\\]/g, ' ').split(',')) {
        const [name = '', as, alias = ''] = one.trim().split(/\s+/);
        if (!/^[A-Za-z_][\w.]*$/.test(name)) continue;
        if (from !== null) bind(as === 'as' ? alias : name, `${from[1]}.${name}`);
        else if (as === 'as') bind(alias, name);
        else bind(name.split('.')[0] ?? '', name.split('.')[0] ?? '');
      }
    }
  }
  for (const { kind, code } of program.statements) {
    const assigned = kind === 'python' ? /^\s*([A-Za-z_]\w*)\s*=(?!=)/.exec(code)?.[1] : undefined;
    if (assigned !== undefined && found.has(assigned)) found.set(assigned, null);
  }
  const known = new Map<string, string>();
  for (const [name, full] of found) if (full !== null && !program.defined.has(name)) known.set(name, full);
  return known;
}

/** The full name of a dotted name as it is written; null when its beginning is not imported. */
export function resolve(aliases: Aliases, path: string): string | null {
  const dot = path.indexOf('.');
  const full = aliases.get(dot === -1 ? path : path.slice(0, dot));
  return full === undefined ? null : dot === -1 ? full : full + path.slice(dot);
}
