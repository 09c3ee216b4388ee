import { buy } from './page.mjs';

await buy('@rudderstack/analytics-js/dist/npm/legacy/bundled/umd/index.js', ({ RudderAnalytics }) => new RudderAnalytics());
