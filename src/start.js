// Plain JavaScript on purpose: a Node that is too old for the rest must still be able to read this and say so.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Nightshift needs Node 22.18 or newer to open its database; this is Node ${process.versions.node}. ` +
      'Run it with "npm start": on Linux and Windows "npm ci" has installed a Node 24 beside it (not with --omit=optional). Elsewhere install Node 24.',
  );
  process.exit(1);
}

await import('./main.ts');
