/** Names of the databases that hold a device's state, one for each account. */
export const DEVICE_DB_PREFIX = "openguild-e2ee ";

/** Takes the devices of everybody off this browser: their sessions have ended. */
export async function clearDevices(): Promise<void> {
  for (const { name } of await indexedDB.databases()) {
    if (!name?.startsWith(DEVICE_DB_PREFIX)) continue;
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
    });
  }
}
