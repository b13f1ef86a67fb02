/** The settings of an account at Alipay, from the sandbox's published keys. */
export function settingsOf(keys: any, baseUrl: string) {
  return { ...appOf(keys, baseUrl), alipay_public_keys: [keys.alipay_public_key as string] };
}

/** The same in the mode of certificates. */
export function certifiedSettingsOf(keys: any, baseUrl: string) {
  return {
    ...appOf(keys, baseUrl),
    app_certificate: keys.app_cert as string,
    alipay_certificates: [keys.alipay_cert as string],
    alipay_root_certificate: keys.alipay_root_cert as string,
  };
}

function appOf(keys: any, baseUrl: string) {
  return {
    base_url: baseUrl,
    app_id: keys.app_id as string,
    seller_id: keys.seller_id as string,
    app_private_key: keys.app_private_key as string,
  };
}
