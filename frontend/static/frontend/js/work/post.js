// Talking to the page's own address: one form's worth up, the next screen or an error down.

const TIMEOUT = 20_000;
const FORM = "application/x-www-form-urlencoded;charset=UTF-8";

const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

/** `{status, data}`; status 0 when no answer came, data null when it was not ours. */
export async function post(url, body, { keepalive = false } = {}) {
  return call(url, { method: "POST", body: String(body), keepalive, headers: { "X-CSRFToken": csrf(), "Content-Type": FORM } });
}

export async function get(url) {
  return call(url, {});
}

async function call(url, options) {
  const headers = { ...options.headers, Accept: "application/json" };
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    const answer = await fetch(url, { ...options, headers, signal, credentials: "same-origin" });
    const ours = answer.headers.get("Content-Type")?.startsWith("application/json");
    return { status: answer.status, data: ours ? await answer.json() : null };
  } catch {
    return { status: 0, data: null };
  }
}
