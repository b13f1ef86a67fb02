/**
 * What `work` comes to, if it does within `ms` milliseconds. Throws when it does not; the work goes on, and what
 * it comes to then is nobody's any more.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  work.catch(() => undefined); // late, it is heard by nobody
  let patience: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    patience = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(patience);
  }
}
