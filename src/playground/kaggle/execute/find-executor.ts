import type { Executor } from './executor.ts';
import { findPython } from './find-python.ts';
import { PythonExecutor } from './python-executor.ts';
import { RecordedExecutor } from './recorded-executor.ts';

/**
 * The best this computer can do: Jupyter, else plain Python, else a recorded run. Takes up to some seconds.
 * @param path A search path in place of the program's own.
 */
export async function findExecutor(path?: string): Promise<Executor> {
  const python = await findPython(path);
  return python === null ? new RecordedExecutor() : new PythonExecutor(python);
}
