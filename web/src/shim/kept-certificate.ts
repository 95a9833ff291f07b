const database = 'parley-keys';
const store = 'certificates';
/** A call that begins today should not outlive its certificate. */
const spareMs = 24 * 3600 * 1000;
const validMs = 365 * 24 * 3600 * 1000;
/** A database that has not answered by then keeps nobody from a call. */
const patienceMs = 1000;

/**
 * The certificate of one who joins with an identity: the same in every call, so that others who have compared its key
 * recognise it. Nothing where it cannot be kept; the browser then makes one for each connection, as it does for everybody
 * without an identity, whom nobody should be able to recognise from one room to the next.
 */
export function keptCertificate(host: string, identity: string): Promise<RTCCertificate | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, patienceMs));
  return Promise.race([find(`${host} ${identity}`).catch(() => undefined), late]);
}

async function find(name: string): Promise<RTCCertificate> {
  const opened = indexedDB.open(database);
  opened.onupgradeneeded = () => opened.result.createObjectStore(store);
  const db = await result(opened);
  try {
    const read = db.transaction(store).objectStore(store).get(name) as IDBRequest<RTCCertificate | undefined>;
    const found = await result(read);
    return isGood(found) ? found : await make(db, name);
  } finally {
    db.close();
  }
}

async function make(db: IDBDatabase, name: string): Promise<RTCCertificate> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', expires: validMs };
  const made = await RTCPeerConnection.generateCertificate(algorithm);
  const certificates = db.transaction(store, 'readwrite').objectStore(store);
  // Another tab may have made one meanwhile: the first one counts.
  const found = await result(certificates.get(name) as IDBRequest<RTCCertificate | undefined>);
  if (isGood(found)) return found;
  await result(certificates.put(made, name));
  return made;
}

const isGood = (certificate: RTCCertificate | undefined): certificate is RTCCertificate =>
  certificate !== undefined && certificate.expires > Date.now() + spareMs;

function result<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as Error);
  });
}
