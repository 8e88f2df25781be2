# Nightshift: proves the GPU of this run before your first cell. Your cells follow unchanged; delete this one as you like.
def _nightshift_receipt(framework, decisive):
    import glob, json, os, shutil, subprocess, sys
    # Only a committed run of ours is checked: not the editor, not the scoring of a competition.
    if os.environ.get("KAGGLE_KERNEL_RUN_TYPE", "Batch") != "Batch" or os.environ.get("KAGGLE_IS_COMPETITION_RERUN"):
        return None

    def call(command, seconds, more=None):
        """(exit status, what it printed); the status is None when it did not end in time."""
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 cwd="/", env={**os.environ, **(more or {})})
        try:
            said, _ = child.communicate(timeout=seconds)
            return child.returncode, said.decode("ascii", "ignore")
        except subprocess.TimeoutExpired:
            child.kill()  # Not waited for: a process that hangs in a driver never ends.
            return None, ""

    # In a process of its own: the notebook's own one keeps no GPU memory and starts clean.
    probes = {
        "torch": """
import torch
n = torch.cuda.device_count() if torch.cuda.is_available() else 0
for i in range(n):
    a = torch.full((256, 256), 2.0, device="cuda:%d" % i)
    done(float((a @ a).sum().item()))
names = [torch.cuda.get_device_name(i) for i in range(n)]
""",
        "tensorflow": """
import tensorflow as tf
devices = tf.config.list_physical_devices("GPU")
n = len(devices)
for i in range(n):
    with tf.device("/GPU:%d" % i):
        a = tf.fill((256, 256), 2.0)
        done(float(tf.reduce_sum(tf.matmul(a, a)).numpy()))
names = [str(tf.config.experimental.get_device_details(one).get("device_name", "GPU")) for one in devices]
""",
        "jax": """
import jax, jax.numpy as jnp
devices = [one for one in jax.devices() if one.platform in ("gpu", "cuda", "rocm")]
n = len(devices)
for one in devices:
    a = jax.device_put(jnp.full((256, 256), 2.0), one)
    done(float((a @ a).sum()))
names = [str(one.device_kind) for one in devices]
""",
    }
    frame = """
import json, sys
def done(value):
    if abs(value - 67108864.0) > 70000.0: raise RuntimeError("wrong result %r" % value)
result = {}
try:
BODY
    result = {"n": n, "names": names}
except ImportError as error:
    result = {"absent": str(error)}
except BaseException as error:
    result = {"error": ("%s: %s" % (type(error).__name__, error))[:300]}
print("\\nNIGHTSHIFT-PROBE " + json.dumps(result), flush=True)
"""

    def probe():
        """What the framework says: None when it said nothing."""
        body = "\n".join("    " + line for line in probes[framework].strip().split("\n"))
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_FORCE_GPU_ALLOW_GROWTH": "true",
                 "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
        _, said = call([sys.executable, "-c", frame.replace("BODY", body)], 90, quiet)
        for line in said.splitlines():
            if line.startswith("NIGHTSHIFT-PROBE "):
                return json.loads(line[17:])
        return None

    known = [path for path in ("/opt/bin/nvidia-smi", "/usr/bin/nvidia-smi", "/usr/local/nvidia/bin/nvidia-smi")
             if os.path.exists(path)]
    smi = shutil.which("nvidia-smi") or (known[0] if known else None)
    gpus, silent, stand_in = [], False, False
    if smi:
        code, said = call([smi, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"], 20)
        silent = code is None
        if code == 0:
            for line in said.splitlines():
                parts = [part.strip() for part in line.split(",")]
                if len(parts) == 3 and parts[1].endswith(" MiB"):
                    gpus.append([parts[0][:80], parts[1][:20], parts[2][:30]])
                    # Something without memory is no GPU that could be tried.
                    stand_in = stand_in or parts[1].split(" ")[0] == "0"
    record = {"v": 1, "verdict": "unsure", "by": None, "gpus": gpus[:16], "error": None}
    if silent or stand_in:
        return record
    found = probe() if framework else None
    absent = framework is None or (found is not None and "absent" in found)
    tried = found is not None and not absent
    if tried and found.get("n"):
        record.update(verdict="works", by=framework)
        record["gpus"] = record["gpus"] or [[str(name)[:80], "", ""] for name in found["names"][:16]]
    elif tried:
        error = " ".join(str(found.get("error") or framework + " sees no GPU").split())[:300]
        missing = not gpus and not glob.glob("/dev/nvidia[0-9]*")
        record.update(verdict="missing" if missing else "dead" if decisive else "failed", by=framework, error=error)
    elif absent and gpus:
        record.update(verdict="works", by="nvidia-smi")
    elif absent and not glob.glob("/dev/nvidia[0-9]*"):
        record.update(verdict="missing")
    return record


try:
    _nightshift_record = _nightshift_receipt(__FRAMEWORK__, __DECISIVE__)
except Exception as _nightshift_error:
    # A surprise in the check is no reason to keep a healthy run from going on.
    _nightshift_record = {"v": 1, "verdict": "unsure", "by": None, "gpus": [], "error": type(_nightshift_error).__name__}
if _nightshift_record is not None:
    print("NIGHTSHIFT-RECEIPT " + __import__("json").dumps(_nightshift_record), flush=True)
    if _nightshift_record["verdict"] == "missing":
        raise RuntimeError("Nightshift ended this run before cell 1: this machine has no GPU, though one was asked for.")
    if _nightshift_record["verdict"] == "dead":
        raise RuntimeError("Nightshift ended this run before cell 1: the GPU does not work. " + _nightshift_record["error"])
del _nightshift_receipt, _nightshift_record
