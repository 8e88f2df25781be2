import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/** Within this of the end, new messages take the view along. */
const NEAR_END_PX = 60;
/** Stays free above a message that is taller than the view. */
const ABOVE_PX = 8;

type Ref<T> = { readonly current: T };

export type Following = {
  readonly scroller: Ref<HTMLDivElement | null>;
  readonly content: Ref<HTMLOListElement | null>;
  /** Whether new messages may move the view. */
  readonly isFollowing: () => boolean;
  /** Goes to the end, but not past the top of the message `from`: what is taller than the view is read from its headline. */
  readonly goToEnd: (from: string | null) => void;
  readonly onScroll: () => void;
};

/**
 * Keeps the end of the messages in view for those who were there, whatever grows: an edit, a picture that arrives, the tray that
 * folds. All others stay where they are. Only a person's own movement ends it: between a scroll of ours and its event the content
 * may have grown, and a position that is no longer the end says nothing.
 * @param channelId Another one begins at its end.
 * @param reached Called when somebody comes to the end.
 */
export function useFollowing(channelId: string, reached: () => void): Following {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLOListElement>(null);
  const following = useRef(true);
  /** The message whose top stays in view. */
  const from = useRef<string | null>(null);
  /** Where the view was left, and how far down it could go then. */
  const left = useRef({ top: 0, end: 0 });

  const note = (element: HTMLElement): void => {
    left.current = { top: element.scrollTop, end: element.scrollHeight - element.clientHeight };
  };
  const follow = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const message = from.current === null ? null : document.getElementById(`message-${from.current}`);
    const top =
      message === null
        ? Number.POSITIVE_INFINITY
        : message.getBoundingClientRect().top - element.getBoundingClientRect().top + element.scrollTop - ABOVE_PX;
    element.scrollTop = Math.min(element.scrollHeight - element.clientHeight, top);
    note(element);
  };
  const goToEnd = (message: string | null): void => {
    from.current = message;
    following.current = true;
    follow();
  };
  useLayoutEffect(() => goToEnd(null), [channelId]);
  useEffect(() => {
    const observer = new ResizeObserver(() => following.current && follow());
    if (content.current !== null) observer.observe(content.current);
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const before = left.current;
    note(element);
    const { top, end } = left.current;
    // Where the content became shorter, the browser itself moves the view up.
    const isUp = before.top - top > Math.max(0, before.end - end) + 1;
    const isDown = top - before.top > 1;
    if (!isUp && !isDown) return;
    if (end - top < NEAR_END_PX) {
      following.current = true;
      from.current = null;
      reached();
    } else if (isUp || from.current !== null) {
      following.current = false;
    }
  };
  return {
    scroller,
    content,
    isFollowing: () => following.current && left.current.end - left.current.top < NEAR_END_PX,
    goToEnd,
    onScroll,
  };
}
