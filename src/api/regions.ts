/** The API's hosts by the region that an account lives in (docs/api.md#regions). */
export const REGION_URLS = {
  'asia-pacific': 'https://sms.8x8.com',
  'north-america': 'https://sms.us.8x8.com',
  europe: 'https://sms.8x8.uk',
  indonesia: 'https://sms.8x8.id',
} as const

export type Region = keyof typeof REGION_URLS

export const REGIONS = Object.keys(REGION_URLS) as readonly Region[]
