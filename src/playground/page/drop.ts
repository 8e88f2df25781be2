import { useEffect, useRef, useState } from 'preact/hooks';

const carriesFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

/**
 * Takes a file that is dropped anywhere on the page. @returns what is being dragged over it, null when nothing is. Browsers tell the
 * file's name only once it is dropped; until then it is "your notebook".
 */
export function useDrop(onFile: (file: File) => void): string | null {
  const [name, setName] = useState<string | null>(null);
  const take = useRef(onFile);
  take.current = onFile;
  useEffect(() => {
    let depth = 0;
    const enter = (event: DragEvent): void => {
      if (!carriesFile(event)) return;
      event.preventDefault();
      depth += 1;
      setName(event.dataTransfer?.files[0]?.name ?? 'your notebook');
    };
    const over = (event: DragEvent): void => {
      if (carriesFile(event)) event.preventDefault();
    };
    const leave = (event: DragEvent): void => {
      if (!carriesFile(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setName(null);
    };
    const drop = (event: DragEvent): void => {
      if (!carriesFile(event)) return;
      event.preventDefault();
      depth = 0;
      setName(null);
      const file = event.dataTransfer?.files[0];
      if (file !== undefined) take.current(file);
    };
    const listeners = { dragenter: enter, dragover: over, dragleave: leave, drop } as const;
    for (const [type, listener] of Object.entries(listeners)) {
      document.addEventListener(type as keyof typeof listeners, listener);
    }
    return () => {
      for (const [type, listener] of Object.entries(listeners)) {
        document.removeEventListener(type as keyof typeof listeners, listener);
      }
    };
  }, []);
  return name;
}
