import { Component, type ComponentChildren, type FunctionComponent, h } from 'preact';

/** A part that is drawn again only when one of its properties is another object: the rest of the page may change around it. */
export function memo<Props extends object>(draw: (props: Props) => ComponentChildren): FunctionComponent<Props> {
  const Drawn = draw as FunctionComponent<Props>;
  class Kept extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const before = this.props as Record<string, unknown>;
      return Object.entries(next).some(([name, value]) => before[name] !== value);
    }
    override render(props: Props): ComponentChildren {
      return h(Drawn, props);
    }
  }
  return Kept as unknown as FunctionComponent<Props>;
}
