// What every script sends: the same sale of the same person, under an id of its own.
export const service = process.env.SERVICE ?? 'http://localhost:5000';
export const id = process.env.ID ?? `order-${Date.now()}`;

export const keys = {
  segment: 'demo-segment-key',
  rudderstack: 'demo-rudderstack-key',
  mparticle: ['demo-mparticle-key', 'demo-mparticle-secret'],
  commandersact: 'demo-commandersact-key',
};

export const email = 'anna@example.com';
export const traits = { email, phone: '+1 202 555 0146', firstName: 'Anna', lastName: 'Smith' };
export const order = {
  order_id: id,
  revenue: 39.95,
  total: 39.95,
  currency: 'USD',
  products: [{ product_id: 'product12356', price: 39.95, quantity: 1 }],
};

/** Ends the script with an error that the SDK reported. */
export function fail(reason) {
  console.error(reason);
  process.exit(1);
}
