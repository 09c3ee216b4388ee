// A shop's page in jsdom with RudderStack's SDK in it. jsdom's XMLHttpRequest asks another origin for permission first, like a browser's.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { JSDOM } from 'jsdom';
import { fail, keys, order, service, traits } from './order.mjs';

/** Identifies and buys with the SDK whose script is in the file, and ends the process once the service has both calls. */
export async function buy(file, sdk) {
  // The SDK loads the settings of its source first, in production from RudderStack.
  const settings = { source: { id: 's1', name: 'shop', writeKey: keys.rudderstack, enabled: true, config: {}, destinations: [], connections: [], workspaceId: 'w1' } };
  const control = createServer((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'authorization,content-type');
    response.end(request.method === 'OPTIONS' ? '' : JSON.stringify(settings));
  });
  await new Promise(listening => control.listen(0, '127.0.0.1', listening));

  const { window } = new JSDOM('<!doctype html><title>Thank you</title>', { url: 'https://shop.example/thank-you', pretendToBeVisual: true, runScripts: 'outside-only' });
  let accepted = 0;
  window.XMLHttpRequest = class extends window.XMLHttpRequest {
    open(method, url, ...rest) {
      if (String(url).startsWith(service)) {
        this.addEventListener('error', () => fail(`${url} was not allowed or not reached.`));
        this.addEventListener('load', () => this.status === 200 ? accepted++ : fail(`${url} responded ${this.status}.`));
      }
      super.open(method, url, ...rest);
    }
  };
  Object.assign(window, { TextEncoder, TextDecoder });
  window.eval(await readFile(new URL(`node_modules/${file}`, import.meta.url), 'utf8'));

  const analytics = sdk(window.rudderanalytics);
  analytics.load(keys.rudderstack, service, { configUrl: `http://127.0.0.1:${control.address().port}`, polyfillIfRequired: false, plugins: ['XhrQueue'], logLevel: 'ERROR' });
  analytics.identify('anna', traits);
  analytics.track('Order Completed', { ...order });
  for (const until = Date.now() + 15_000; accepted < 2;) {
    if (Date.now() > until) fail('The SDK posted nothing.');
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  process.exit(0);
}
