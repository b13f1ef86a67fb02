import type { Order } from '../order.ts';

/** From where the payer pays: without it his bank cannot ask him to prove himself on the web (PaymentRequest, `browserInfo`, `shopperIP`). */
export function browserOf({ browser, payer_ip: shopperIP }: Order): object {
  return {
    ...(shopperIP === undefined ? {} : { shopperIP }),
    ...(browser && {
      browserInfo: {
        userAgent: browser.user_agent,
        acceptHeader: browser.accept_header,
        language: browser.language,
        colorDepth: browser.color_depth,
        screenHeight: browser.screen_height,
        screenWidth: browser.screen_width,
        timeZoneOffset: browser.time_zone_offset,
        javaEnabled: browser.java_enabled,
      },
    }),
  };
}
