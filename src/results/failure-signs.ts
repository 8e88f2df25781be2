/**
 * Signs by which a failed run tells what ended it, in order: the first that fits decides. Wordings of libraries, of
 * Kaggle's runner and of its status messages, seen in public logs or in source code as of 2026-11-23; `shapes` is our own.
 * Every pattern is bounded: the text is a stranger's.
 */
export type FailureKind =
  | 'timeLimit'
  | 'memory'
  | 'hours'
  | 'playground'
  | 'denied'
  | 'killed'
  | 'format'
  | 'asks'
  | 'gpuMemory'
  | 'noGpu'
  | 'noTpu'
  | 'cuda'
  | 'disk'
  | 'internet'
  | 'access'
  | 'secret'
  | 'wandb'
  | 'readOnly'
  | 'input'
  | 'file'
  | 'version'
  | 'damaged'
  | 'library'
  | 'systemLibrary'
  | 'module'
  | 'importName'
  | 'syntax'
  | 'name'
  | 'stopped'
  | 'cellLimit'
  | 'shapes'
  | 'device'
  | 'exit'
  | 'command'
  | 'code';

export type FailureSign = { readonly id: string; readonly kind: FailureKind; readonly pattern: RegExp };

const sign = (id: string, kind: FailureKind, pattern: RegExp): FailureSign => ({ id, kind, pattern });

export const FAILURE_SIGNS: readonly FailureSign[] = [
  sign('status-time', 'timeLimit', /exceeded the max allowed execution duration/m),
  // The words of the playground's stand-in of Kaggle, not of Kaggle.
  sign('playground-stopped', 'playground', /The playground was stopped while this version was running/m),
  sign('status-ram', 'memory', /tried to allocate more memory than is available/m),
  sign(
    'quota',
    'hours',
    /Maximum (?:batch|weekly|interactive) (?:GPU|TPU|CPU) (?:session count|quota) of [\d.]+(?: hours)? reached/m,
  ),
  sign('denied', 'denied', /Permission 'kernelSessions\.\w+' was denied/m),
  sign('dead-kernel', 'killed', /DeadKernelError|Kernel died(?: before| while|\b)/m),
  sign('no-kernel-name', 'format', /No kernel name found in notebook and no override provided/m),
  sign('no-such-kernel', 'format', /NoSuchKernel|No such kernel named/m),
  sign(
    'bad-notebook',
    'format',
    /NotJSONError|nbformat\.(?:validator|reader)\S*Error|Notebook does not appear to be JSON/m,
  ),
  sign('stdin', 'asks', /StdinNotImplementedError|raw_input was called, but this frontend does not support input/m),
  sign('cuda-oom', 'gpuMemory', /CUDA out of memory|torch\.(?:cuda\.)?OutOfMemoryError|OutOfMemoryError: CUDA/m),
  sign(
    'tf-oom',
    'gpuMemory',
    /ResourceExhaustedError|OOM when allocating tensor|RESOURCE_EXHAUSTED: (?:Out of memory|Failed to allocate|Error allocating)|Ran out of memory in memory space (?:hbm|vmem)/m,
  ),
  sign(
    'cu-alloc',
    'gpuMemory',
    /CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED|cudaErrorMemoryAllocation|XGBoostError:[\s\S]{0,200}out of memory|std::bad_alloc: (?:cudaErrorMemoryAllocation|out_of_memory)/m,
  ),
  sign(
    'gpu-arch',
    'noGpu',
    /no kernel image is available for execution|cudaErrorNoKernelImageForDevice|CUDA capability sm_\d+ is not compatible|Minimum and Maximum cuda capability supported/m,
  ),
  sign(
    'no-gpu',
    'noGpu',
    /Found no NVIDIA driver on your system|Torch not compiled with CUDA enabled|No CUDA GPUs are available|torch\.cuda\.is_available\(\) is False|no CUDA-capable device is detected|CUDA_ERROR_NO_DEVICE|nvidia-smi: (?:command )?not found/m,
  ),
  sign(
    'no-tpu',
    'noTpu',
    /No module named 'torch_xla'|Failed to get global TPU topology|Unable to initialize backend 'tpu'|TPU not found|Cannot find any TPU cores/m,
  ),
  sign(
    'cuda-assert',
    'cuda',
    /device-side assert triggered|CUDA error: (?:an illegal memory access|misaligned address|invalid configuration)|CUBLAS_STATUS_(?:EXECUTION_FAILED|NOT_SUPPORTED|INVALID_VALUE)|CUDNN_STATUS_\w+|cuDNN failed to initialize/m,
  ),
  sign('nccl', 'cuda', /NCCL (?:error|WARN|failure)|ncclUnhandledCudaError|ProcessGroupNCCL.*(?:timeout|timed out)/m),
  sign('fork-cuda', 'cuda', /Cannot re-initialize CUDA in forked subprocess/m),
  sign('disk', 'disk', /No space left on device|\[Errno 28\]|Disk quota exceeded|\[Errno 122\]|ENOSPC/m),
  sign(
    'shm',
    'memory',
    /DataLoader worker \(pid\(?s?\)? ?[\d, ]+\) (?:is killed by signal: (?:Bus error|Killed)|exited unexpectedly)|insufficient shared memory/m,
  ),
  sign(
    'ram',
    'memory',
    /\bMemoryError\b|Unable to allocate [\d.]+ [KMGTP]iB for an array|std::bad_alloc|ArrowMemoryError|Cannot allocate memory|\[Errno 12\]/m,
  ),
  sign(
    'sigkill',
    'memory',
    /(?:died with|returned non-zero exit status|exit(?:ed)?(?: with)?(?: code| status)?:?) <?(?:Signals\.SIGKILL|-9|137)\b|SIGKILL|^Killed$/m,
  ),
  sign(
    'dns',
    'internet',
    /Temporary failure in name resolution|\[Errno -3\]|\[Errno -2\] Name or service not known|Failed to resolve ['"]|Could not resolve host|unable to resolve host address|NameResolutionError|getaddrinfo failed|nodename nor servname/m,
  ),
  sign(
    'pip-offline',
    'internet',
    /Could not find a version that satisfies the requirement[\s\S]{0,400}\(from versions: none\)|No matching distribution found for|Because there are no versions of|network connectivity is disabled|error: Failed to fetch: `https?:\/\//m,
  ),
  sign(
    'hf-offline',
    'internet',
    /We couldn't connect to 'https:\/\/huggingface\.co'|couldn't connect to the Hub|LocalEntryNotFoundError|OfflineModeIsEnabled|Couldn't reach .{1,200}on the Hub|ConnectionError: Couldn't reach/m,
  ),
  sign(
    'net-other',
    'internet',
    /Max retries exceeded with url|NewConnectionError|URLError: <urlopen error|Connection error trying to communicate with service|Network is unreachable|\[Errno 101\]|Failed to establish a new connection/m,
  ),
  sign('nltk', 'internet', /Resource .{1,40}not found\.[\s\S]{0,200}NLTK Downloader/m),
  sign(
    'gated',
    'access',
    /GatedRepoError|You are trying to access a gated repo|Cannot access gated repo|Access to model .{1,120} is restricted|RepositoryNotFoundError/m,
  ),
  sign(
    'kagglehub-access',
    'access',
    /You don't have permission to access resource at URL|KaggleApiHTTPError: (?:401|403)|Please make sure you are authenticated/m,
  ),
  sign(
    'secret-missing',
    'secret',
    /No user secrets exist for kernel|BackendError: Unexpected response from the service|Label must be non-empty/m,
  ),
  sign('secret-env', 'secret', /A JWT Token is required to call Kaggle/m),
  sign('secret-net', 'internet', /Timeout error trying to communicate with service\. Please ensure internet is on/m),
  sign(
    'wandb-key',
    'wandb',
    /wandb\.errors\.(?:UsageError|AuthenticationError|CommError)|wandb: ERROR api_key not configured|api_key not configured \(no-tty\)/m,
  ),
  sign('readonly', 'readOnly', /\[Errno 30\] Read-only file system|Read-only file system/m),
  sign(
    'missing-input',
    'input',
    /(?:FileNotFoundError|No such file or directory|does not exist|not found|cannot find|Unable to open)[^\n]{0,200}(?:\/kaggle\/input|\.\.\/input)|(?:\/kaggle\/input|\.\.\/input)[^\n'"]{0,200}['"]?[^\n]{0,40}(?:does not exist|No such file|not found)/m,
  ),
  sign('missing-file', 'file', /FileNotFoundError|\[Errno 2\] No such file or directory/m),
  sign(
    'hf-not-local',
    'input',
    /HFValidationError|Repo id must be in the form 'repo_name' or 'namespace\/repo_name'|Incorrect path_or_model_id/m,
  ),
  sign('torch-load', 'version', /Weights only load failed|WeightsUnpickler error/m),
  sign(
    'bad-archive',
    'damaged',
    /BadZipFile|is not a gzip file|UnpicklingError|Error while deserializing header|file signature not found|Unexpected end of (?:data|file)/m,
  ),
  sign(
    'numpy-abi',
    'library',
    /numpy\.dtype size changed|A module that was compiled using NumPy 1\.x cannot be run|_ARRAY_API not found|numpy\.core\.multiarray failed to import|undefined symbol|module compiled against A[BP]I version/m,
  ),
  sign(
    'lib-missing',
    'systemLibrary',
    /cannot open shared object file|DynamicLibNotFoundError|ImportError: lib\w+\.so/m,
  ),
  sign('module-missing', 'module', /ModuleNotFoundError: No module named|No module named '[\w.]+'/m),
  sign(
    'import-name',
    'importName',
    /ImportError: cannot import name|AttributeError: module '[\w.]+' has no attribute/m,
  ),
  sign(
    'sklearn-version',
    'version',
    /InconsistentVersionWarning|has no attribute '(?:_preprocessor|monotonic_cst|_fill_dtype)'|Can't get attribute .{1,80} on <module/m,
  ),
  sign(
    'syntax',
    'syntax',
    /^\s*(?:SyntaxError|IndentationError|TabError):|(?:SyntaxError|IndentationError|TabError): /m,
  ),
  sign('name', 'name', /NameError: name '|UnboundLocalError/m),
  sign('keyboard', 'stopped', /KeyboardInterrupt/m),
  sign(
    'cell-timeout',
    'cellLimit',
    /CellTimeoutError|A cell timed out while it was being executed|Cell execution timed out/m,
  ),
  sign(
    'shapes',
    'shapes',
    /mat1 and mat2 shapes cannot be multiplied|[Ss]hapes? .{1,120}(?:not aligned|do(?:es)? not (?:fit|match)|mismatch|incompatible|cannot be multiplied)|[Ss]hapes? do not fit|[Ii]ncompatible shapes?|[Ss]hape mismatch|size mismatch for|must match the (?:existing )?size of tensor|could not be broadcast|could not broadcast|Dimensions must be equal|[Ii]nconsistent numbers of samples|[Ff]ound input variables with inconsistent|X has \d+ features, but|expected scalar type|[Ee]xpected \d+-dimensional input|Expected .{1,80} to have (?:same )?(?:d|s)type|unsupported operand type|Input \d+ of layer .{1,80} is incompatible|stack expects each tensor to be equal size|Sizes of tensors must match|cannot reshape array|shape '\[.{1,60}\]' is invalid for input|size-incompatible|Input type .{1,80} and weight type .{1,80} should be the same|not supported between instances of|non-rectangular|expected sequence of length|Dimension out of range|[Ii]nput dtype must be|could not convert string to float|non-conformable|non-numeric argument/m,
  ),
  sign(
    'device',
    'device',
    /Expected all tensors to be on the same device|tensors are not at the same device|can't convert cuda:\d device type tensor/m,
  ),
  // R has words of its own for what Python says above.
  sign('r-memory', 'memory', /cannot allocate vector of size/m),
  sign('r-package', 'module', /there is no package called/m),
  sign('r-name', 'name', /object '.{1,80}' not found|could not find function/m),
  sign('r-syntax', 'syntax', /<text>:\d{1,6}:\d{1,6}: unexpected /m),
  sign('exit', 'exit', /SystemExit: (?!0\b)\S|An exception has occurred, use %tb to see the full traceback/m),
  sign('assert', 'code', /^AssertionError|\bAssertionError\b/m),
  sign('subprocess', 'command', /CalledProcessError/m),
  sign('any-error', 'code', /PapermillExecutionError|Traceback \(most recent call last\)/m),
];
