/* A management library for tests: as many cards as FAKE_NVML lists ("NAME|MEMORY_MIB|RESERVED_MIB|LINKS;..."), or the
   error of FAKE_NVML_INIT at start, or a crash or hang when that says "crash" or "hang". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OK 0
#define INVALID 2
#define NOT_SUPPORTED 3
#define LOST 15

typedef struct { char name[96]; unsigned long long mib, reserved; int nvlinks; } Card;
static Card cards[16];
static int count;

/* FAKE_NVML_REFUSE: "ecc=4,use=13" makes these queries answer with an error. */
static int refusal(const char *query) {
    const char *list = getenv("FAKE_NVML_REFUSE"), *at = list ? strstr(list, query) : NULL;
    return at ? atoi(at + strlen(query) + 1) : OK;
}

int nvmlInit_v2(void) {
    const char *init = getenv("FAKE_NVML_INIT"), *list = getenv("FAKE_NVML");
    if (init && !strcmp(init, "crash")) abort();
    if (init && !strcmp(init, "hang")) sleep(600);
    if (init) return atoi(init);
    char *copy = strdup(list ? list : ""), *rest = copy, *one;
    count = 0;
    while ((one = strsep(&rest, ";")) && *one && count < 16) {
        Card *card = &cards[count++];
        memset(card, 0, sizeof *card);
        sscanf(one, "%95[^|]|%llu|%llu|%d", card->name, &card->mib, &card->reserved, &card->nvlinks);
    }
    free(copy);
    return OK;
}
int nvmlInitWithFlags(unsigned flags) { (void)flags; return nvmlInit_v2(); }
int nvmlShutdown(void) { return OK; }
int nvmlSystemGetDriverVersion(char *to, unsigned size) { snprintf(to, size, "580.65.06"); return OK; }
int nvmlSystemGetCudaDriverVersion(int *to) { *to = 13000; return OK; }
int nvmlDeviceGetCount_v2(unsigned *to) { *to = count; return OK; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **to) {
    if ((int)index >= count) return INVALID;
    if (!strcmp(cards[index].name, "lost")) return LOST;
    *to = &cards[index];
    return OK;
}
static int is_part(void *handle);
int nvmlDeviceGetName(void *card, char *to, unsigned size) {
    if (is_part(card)) snprintf(to, size, "NVIDIA H100 80GB HBM3 MIG 3g.40gb");
    else snprintf(to, size, "%s", ((Card *)card)->name);
    return OK;
}

typedef struct { unsigned long long total, free, used; } Memory1;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } Memory2;
static unsigned long long part_mib(void *handle);
int nvmlDeviceGetMemoryInfo(void *handle, Memory1 *to) {
    Card *card = handle;
    if (!card->mib) return NOT_SUPPORTED;
    to->total = card->mib << 20; to->used = card->reserved << 20; to->free = to->total - to->used;
    return OK;
}
int nvmlDeviceGetMemoryInfo_v2(void *handle, Memory2 *to) {
    Card *card = handle;
    if (is_part(handle)) {
        to->total = to->free = part_mib(handle) << 20; to->reserved = to->used = 0;
        return OK;
    }
    if (!card->mib) return NOT_SUPPORTED;
    to->total = card->mib << 20; to->reserved = card->reserved << 20; to->used = 0; to->free = to->total - to->reserved;
    return OK;
}
typedef struct { char legacy[16]; unsigned domain, bus, device, id, subsystem; char address[32]; } Pci;
int nvmlDeviceGetPciInfo_v3(void *handle, Pci *to) {
    int index = (Card *)handle - cards;
    memset(to, 0, sizeof *to);
    to->bus = 0x10 + index; to->id = 0x268410DE; to->subsystem = 0x889A1043;
    snprintf(to->address, sizeof to->address, "00000000:%02X:00.0", to->bus);
    return OK;
}
int nvmlDeviceGetCudaComputeCapability(void *card, int *major, int *minor) { (void)card; *major = 8; *minor = 9; return OK; }
int nvmlDeviceGetCurrPcieLinkGeneration(void *card, unsigned *to) { (void)card; *to = 1; return OK; }
int nvmlDeviceGetMaxPcieLinkGeneration(void *card, unsigned *to) { (void)card; *to = 3; return OK; }
int nvmlDeviceGetGpuMaxPcieLinkGeneration(void *card, unsigned *to) { (void)card; *to = 4; return OK; }
int nvmlDeviceGetCurrPcieLinkWidth(void *card, unsigned *to) { (void)card; *to = 8; return OK; }
int nvmlDeviceGetMaxPcieLinkWidth(void *card, unsigned *to) { (void)card; *to = 16; return OK; }
int nvmlDeviceGetPowerManagementLimit(void *card, unsigned *to) { (void)card; *to = 350000; return OK; }
int nvmlDeviceGetPowerManagementLimitConstraints(void *card, unsigned *low, unsigned *high) {
    (void)card; *low = 150000; *high = 600000; return OK;
}
int nvmlDeviceGetNvLinkState(void *handle, unsigned link, unsigned *to) {
    *to = (int)link < ((Card *)handle)->nvlinks;
    return OK;
}
int nvmlDeviceGetNvLinkRemotePciInfo_v2(void *handle, unsigned link, Pci *to) {
    (void)link;
    int index = (Card *)handle - cards;
    if (count > 2) { memset(to, 0, sizeof *to); snprintf(to->address, sizeof to->address, "00000000:C0:00.0"); return OK; }
    return nvmlDeviceGetPciInfo_v3(&cards[1 - index], to);
}
int nvmlDeviceGetTopologyCommonAncestor(void *one, void *other, unsigned *level) {
    (void)one; (void)other; *level = 50; return OK;
}
int nvmlDeviceGetEccMode(void *card, unsigned *now, unsigned *then) {
    (void)card; *now = *then = 0;
    return refusal("ecc");
}
int nvmlDeviceGetUtilizationRates(void *card, unsigned *to) { (void)card; to[0] = 42; to[1] = 7; return refusal("use"); }
int nvmlDeviceGetTemperature(void *card, unsigned sensor, unsigned *to) { (void)card; (void)sensor; *to = 55; return OK; }
int nvmlDeviceGetPowerUsage(void *card, unsigned *to) { (void)card; *to = 123000; return OK; }
int nvmlDeviceGetVirtualizationMode(void *card, unsigned *to) {
    const char *mode = getenv("FAKE_NVML_VIRTUAL");
    (void)card; *to = mode ? atoi(mode) : 0;
    return OK;
}
/* FAKE_NVML_MIG: MiB of the parts of the first card, "40448,9984"; a part's handle is its place in `parts`. */
typedef struct { unsigned long long mib; } Part;
static Part parts[8];
static int part_count(void) {
    const char *list = getenv("FAKE_NVML_MIG");
    int found = 0;
    for (const char *at = list; at && *at && found < 8; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        parts[found++].mib = strtoull(at, NULL, 10);
    return found;
}
static int is_part(void *handle) { return (char *)handle >= (char *)parts && (char *)handle < (char *)(parts + 8); }
static unsigned long long part_mib(void *handle) { return ((Part *)handle)->mib; }
int nvmlDeviceGetMigMode(void *card, unsigned *now, unsigned *then) {
    if (card != &cards[0] || !part_count()) return NOT_SUPPORTED;
    *now = *then = 1;
    return OK;
}
int nvmlDeviceGetMaxMigDeviceCount(void *card, unsigned *to) { (void)card; *to = 7; return OK; }
int nvmlDeviceGetMigDeviceHandleByIndex(void *card, unsigned index, void **to) {
    (void)card;
    if ((int)index >= part_count()) return 6; /* not found */
    *to = &parts[index];
    return OK;
}
typedef struct { unsigned pid; unsigned long long used; unsigned instance, compute; } Process;
int nvmlDeviceGetComputeRunningProcesses_v3(void *card, unsigned *number, Process *to) {
    const char *pid = getenv("FAKE_NVML_PID");
    (void)card;
    if (!pid) { *number = 0; return OK; }
    if (*number < 1 || !to) { *number = 1; return 7; /* insufficient size */ }
    *number = 1;
    to->pid = atoi(pid); to->used = 2ull << 30; to->instance = to->compute = 0xFFFFFFFF;
    return OK;
}
const char *nvmlErrorString(int code) { (void)code; return "an error"; }
