import { email, fail, id, keys, service } from './order.mjs';

const answer = await fetch(`${service}/events?tc_s=29&token=${keys.commandersact}`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({
    event_name: 'purchase', id, value: 39.95, currency: 'USD', type: 'offline',
    user: { id: 'anna', email, consent_categories: ['1', '3'] },
    items: [{ id: 'sku', quantity: 1, product: { id: 'product12356', price: 39.95 } }],
    context: { event_id: id, event_timestamp: Date.now() },
  }),
});
if (answer.status !== 200 || await answer.text() !== '{}') fail(`Answered ${answer.status}.`);
