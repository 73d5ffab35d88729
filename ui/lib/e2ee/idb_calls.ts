/**
 * What a device needs of IndexedDB, as promises; the `idb` package, which pages have for more than
 * that, is as large as the rest of a device's storage.
 */

/** What a request brings. @throws what it ends with */
export function answered<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when all of it is stored. @throws where none of it is */
export function stored({ transaction }: IDBObjectStore): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () =>
      reject(transaction.error ?? new DOMException("The transaction was aborted", "AbortError"));
  });
}

/**
 * A database of one store, made when there is none. `lost`: it is closed, because somebody clears
 * it or the browser does.
 */
export async function openStore(
  name: string,
  store: string,
  lost: () => void = () => undefined,
): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => void request.result.createObjectStore(store);
  const db = await answered(request);
  db.onversionchange = () => {
    db.close();
    lost();
  };
  db.onclose = lost;
  return db;
}
