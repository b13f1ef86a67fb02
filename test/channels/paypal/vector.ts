/** A certificate as PayPal serves one, and what its key signed with openssl: the key is gone. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIDRzCCAi+gAwIBAgIURZJG1NTP+UAr8Kb5j1/kR/i/DfEwDQYJKoZIhvcNAQEL
BQAwMjEwMC4GA1UEAwwnbWVzc2FnZXZlcmlmaWNhdGlvbmNlcnRzLnBheXBhbC5l
eGFtcGxlMCAXDTI2MTEyOTEzMjE0N1oYDzIxMjYxMTA1MTMyMTQ3WjAyMTAwLgYD
VQQDDCdtZXNzYWdldmVyaWZpY2F0aW9uY2VydHMucGF5cGFsLmV4YW1wbGUwggEi
MA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCXI1ymQu9a/tS+X3yGL3FUQyaT
7gimmo/FYWwP0us+gSixG7LI2Sbg/7hLWwo2pkOhUYyEFG/qjUDEYgSTKhEK5ged
YZp4m3s9Kx+iGPtZGVCxo6d6bmkfTDakKae7R1MegOLkeV//riumW0aCIzPN3R2x
n1pQZgGwof9zw5EDi+7KRQFm7c3QiQYYBZBkCkgmXsgn6/rEdnqF/LV9/Jig9n4N
Q1XT0uMT+M6OTXJmJ4Eg/LYguxzunFyu5lLrE580nsePaBGh+Nt2aZhE6Rvvafgo
m3FLgWogy2CZaEox5NL6CUQGVl6lHUH5Kxfn5jg7YmZB4zllLaFP1WS1XOAZAgMB
AAGjUzBRMB0GA1UdDgQWBBQojI/a2i4cx5rVeZ1QwJFxUCxf4TAfBgNVHSMEGDAW
gBQojI/a2i4cx5rVeZ1QwJFxUCxf4TAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3
DQEBCwUAA4IBAQByd7fviz5a3x+tYSzLlyk/XIYZoSmKARxzxSEGirBXtz5BsUMD
IwY1ChDLGvjoYOXT3sV93wKftNxOxhQ9jUFqz0evFbZL5hOOxFcVMELCSIYaVScy
OguNjdQ3IOHmW2CfZ7zVmqUymy9pbLvE/xZADgOCWpyJQkt29iwQztmqvwtpDANi
loJWPksf+sbq4cVrZnLXOlEigxuYyXEgi6ioK1koQ8dIy4I9pVbZ3y4Rht8qIGqZ
4oP6/EV0t2sn1y0KrY1TyFkC8OS4KlGJl2QqpopsfCy9/ygA+grNzCjK1DARDg/R
b602ssf6icIF6rxeWXrwigQCgdCNPpEuGrdw
-----END CERTIFICATE-----
`;

/** The notice of channels.md section 4, whose CRC is 2325436976, to the webhook 1JE4291016473214C. */
export const vector = {
  body: '{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED"}',
  webhook_id: '1JE4291016473214C',
  headers: {
    'paypal-transmission-id': 'b2384410-f8d2-11e6-8ae7-99ff04cc1f45',
    'paypal-transmission-time': '2026-11-25T02:00:00Z',
    'paypal-auth-algo': 'SHA256withRSA',
    'paypal-cert-url':
      'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-5edc0ebc',
    'paypal-transmission-sig':
      'VrZ52BJtPDf0z9tOcjg07FoXO059ODNAioVysBqPLrRerLFtE6mBI+BGo2qohJie81lGwm2cZH8RkxmqPBXuJtBn6n5d2CYTludrZHY2640E1eKagfK4tlao7g5sIkGaLdW9tKRv0vz9/2Yd9/K+k2BOg80PUlVY8Q2uDZZZaR6SWOWxjXyVKH3lwRym/qxkSK5SRv+3iDmSKT1/dMS/iKYqGmCJT/BYqmxNK1tFBj8T2SqVyQCrDPbLG9Jf5ju45O6VI1+kcmx8QL1oYdROxuD+F2kQLEZUUDxXQ9tTa1RYX9HaohWxWYAsvQFIH0wyAPBrtsyhRNNYXU08/HcQbg==',
  },
};
