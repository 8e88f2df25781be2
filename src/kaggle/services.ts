/** Kaggle's RPC services, as they stand in the address: `POST {base}/{service}/{method}` (source: Kaggle's own client). */
export const KERNELS = 'kernels.KernelsApiService';
export const DATASETS = 'datasets.DatasetApiService';
export const COMPETITIONS = 'competitions.CompetitionApiService';
export const MODELS = 'models.ModelApiService';
export const OAUTH = 'security.OAuthService';
