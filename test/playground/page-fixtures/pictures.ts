import { Resvg } from '@resvg/resvg-js';

/** A picture in the curve's size. */
export function curvePng(): Buffer {
  const points = Array.from({ length: 70 }, (_, at) => `${120 + at * 12},${120 + 400 * (1 - Math.exp(-at / 14))}`).join(
    ' ',
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="675"><rect width="1200" height="675" rx="12" fill="#2b2d31"/><path d="M120 120H960M120 253H960M120 386H960M120 520H960" stroke="#3f4147" stroke-width="2"/><polyline points="${points}" fill="none" stroke="#f0883e" stroke-width="7"/></svg>`;
  return Buffer.from(new Resvg(svg).render().asPng());
}
