import { JSDOM } from 'jsdom';
import { fail, id, keys, order, service, traits } from './order.mjs';

const { window } = new JSDOM('<!doctype html><title>Thank you</title>', { url: 'https://shop.example/thank-you', pretendToBeVisual: true });
for (const name of ['window', 'document', 'location', 'navigator', 'localStorage', 'sessionStorage', 'Event', 'CustomEvent']) {
  Object.defineProperty(globalThis, name, { value: name === 'window' ? window : window[name], configurable: true, writable: true });
}

// In a page the SDK finds the browser's fetch. This one does what a browser does first for another origin: it asks.
const origin = window.location.origin;
const network = globalThis.fetch;
const answers = [];
globalThis.fetch = async (url, init) => {
  const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-type' };
  const preflight = await network(url, { method: 'OPTIONS', headers });
  const answer = await network(url, { ...init, headers: { ...init.headers, Origin: origin } });
  for (const response of [preflight, answer]) {
    if (!response.ok || response.headers.get('access-control-allow-origin') !== origin) fail(`${url} answered ${response.status}, not allowed or not to ${origin}.`);
  }
  answers.push(url);
  return answer;
};

const { AnalyticsBrowser } = await import('@segment/analytics-next');
const { host, protocol } = new URL(service);
const analytics = AnalyticsBrowser.load(
  { writeKey: keys.segment, cdnSettings: { integrations: { 'Segment.io': { apiKey: keys.segment } } } },
  { integrations: { 'Segment.io': { apiHost: `${host}/v1`, protocol: protocol.slice(0, -1) } } },
);
await analytics.identify('anna', traits);
await analytics.track('Order Completed', { ...order }, { messageId: id, context: { traits } });
for (const until = Date.now() + 10_000; answers.length < 2;) {
  if (Date.now() > until) fail('The SDK posted nothing.');
  await new Promise(resolve => setTimeout(resolve, 50));
}
process.exit(0);
