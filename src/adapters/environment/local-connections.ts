import type { Environment } from './settings.ts';

/** Where "npm start" and "npm run emulators" have their engines. Both keys are public: they protect nothing. */
export const localConnections = ({
  EMULATOR_SERVICE_BUS_PORT: serviceBusPort = '5672',
  EMULATOR_BLOB_PORT: blobPort = '10000',
}: Environment): Environment => ({
  ServiceBusConnection: `Endpoint=sb://127.0.0.1:${serviceBusPort};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;`,
  LockStorage: `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:${blobPort}/devstoreaccount1;`,
});
