const WITH_HEADERS = /:(queries|favorites|tabState)$/;

/** A Storage that GraphiQL can keep its tabs and history in, but no headers: they may hold API keys. */
export function withoutHeaders(storage) {
  return {
    get length() {
      return storage.length;
    },
    getItem: (key) => storage.getItem(key),
    removeItem: (key) => storage.removeItem(key),
    clear: () => storage.clear(),
    key: (index) => storage.key(index),
    setItem: (key, value) => storage.setItem(key, WITH_HEADERS.test(key) ? stripped(value) : value),
  };
}

function stripped(value) {
  try {
    return JSON.stringify(JSON.parse(value, (key, part) => (key === "headers" ? undefined : part)));
  } catch {
    return ""; // what can't be read can't be told free of keys
  }
}
