/* A V4L2 camera without a kernel module, preloaded into a process that uses OpenCV.
 *
 * The file named by FAKE_V4L2 is the device: opened, it behaves as a USB camera does; deleted, it
 * is unplugged. FAKE_V4L2.busy beside it: somebody else streams. FAKE_V4L2.garbage: what it sends
 * cannot be decoded. Grey frames, their level being the exposure in units of 100 us, at most 250.
 * YUYV comes with at most 10 frames/s, MJPG with 30. Exposure and colour temperature are refused
 * while automatic, and the gain goes to 100.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BUFFERS 4
#define MOST_BYTES (1280 * 960 * 2)

static int device = -1;
static int width = 640, height = 480, format = V4L2_PIX_FMT_YUYV, fps = 10;
static int auto_exposure = 3, exposure = 100, gain = 0, auto_white = 1, white = 4600;
static char *memory[BUFFERS];
static int waiting[BUFFERS], first, queued;

static const char *beside(const char *end) {
    static char name[4096];
    snprintf(name, sizeof name, "%s%s", getenv("FAKE_V4L2") ? getenv("FAKE_V4L2") : "", end);
    return name;
}
static int there(const char *end) { return access(beside(end), F_OK) == 0; }
static int fails(int number) { errno = number; return -1; }

static int opened(const char *path, int fd) {
    if (fd >= 0 && getenv("FAKE_V4L2") && strcmp(path, getenv("FAKE_V4L2")) == 0) {
        device = fd;
        first = queued = 0;
    }
    return fd;
}

int open(const char *path, int flags, ...) {
    va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest);
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    return opened(path, real(path, flags, mode));
}
int open64(const char *path, int flags, ...) {
    va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest);
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
    return opened(path, real(path, flags, mode));
}
int close(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "close");
    if (fd == device) device = -1;
    return real(fd);
}

static void *mapped(off_t offset) {
    int index = offset / MOST_BYTES;
    if (!memory[index])
        memory[index] = mmap(NULL, MOST_BYTES, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory[index];
}
void *mmap(void *at, size_t length, int protect, int flags, int fd, off_t offset) {
    void *(*real)(void *, size_t, int, int, int, off_t) = dlsym(RTLD_NEXT, "mmap");
    return fd >= 0 && fd == device ? mapped(offset) : real(at, length, protect, flags, fd, offset);
}
void *mmap64(void *at, size_t length, int protect, int flags, int fd, off_t offset) {
    void *(*real)(void *, size_t, int, int, int, off_t) = dlsym(RTLD_NEXT, "mmap64");
    return fd >= 0 && fd == device ? mapped(offset) : real(at, length, protect, flags, fd, offset);
}
int munmap(void *at, size_t length) {
    int (*real)(void *, size_t) = dlsym(RTLD_NEXT, "munmap");
    for (int index = 0; index < BUFFERS; index++)
        if (at && at == memory[index]) return 0;
    return real(at, length);
}

static int set_format(struct v4l2_format *asked, int keep) {
    struct v4l2_pix_format *pixels = &asked->fmt.pix;
    if (keep && (pixels->pixelformat == V4L2_PIX_FMT_YUYV ||
                 pixels->pixelformat == V4L2_PIX_FMT_MJPEG)) {
        format = pixels->pixelformat;
        int large = pixels->width > 640;
        width = large ? 1280 : 640;
        height = large ? 960 : 480;
    }
    memset(pixels, 0, sizeof *pixels);
    pixels->width = width;
    pixels->height = height;
    pixels->pixelformat = format;
    pixels->field = V4L2_FIELD_NONE;
    pixels->bytesperline = format == V4L2_PIX_FMT_YUYV ? width * 2 : 0;
    pixels->sizeimage = width * height * 2;
    return 0;
}

static int set_rate(struct v4l2_streamparm *asked, int keep) {
    struct v4l2_fract *time = &asked->parm.capture.timeperframe;
    if (keep && time->numerator) fps = time->denominator / time->numerator;
    int most = format == V4L2_PIX_FMT_YUYV ? 10 : 30;
    if (fps > most || fps < 1) fps = most;
    asked->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    time->numerator = 1;
    time->denominator = fps;
    return 0;
}

static int *control_of(unsigned id) {
    switch (id) {
    case V4L2_CID_EXPOSURE_AUTO: return &auto_exposure;
    case V4L2_CID_EXPOSURE_ABSOLUTE: return &exposure;
    case V4L2_CID_GAIN: return &gain;
    case V4L2_CID_AUTO_WHITE_BALANCE: return &auto_white;
    case V4L2_CID_WHITE_BALANCE_TEMPERATURE: return &white;
    default: return NULL;
    }
}
static int set_control(unsigned id, int value) {
    if (id == V4L2_CID_EXPOSURE_ABSOLUTE && auto_exposure != 1) return fails(EACCES);
    if (id == V4L2_CID_WHITE_BALANCE_TEMPERATURE && auto_white) return fails(EACCES);
    if (id == V4L2_CID_EXPOSURE_AUTO && value != 1 && value != 3) return fails(EINVAL);
    if (id == V4L2_CID_GAIN && value > 100) value = 100;
    *control_of(id) = value;
    return 0;
}

static size_t jpeg(char *to) {
    /* The test puts a whole JPEG beside the device. */
    FILE *file = fopen(beside(".jpg"), "rb");
    if (!file) return 0;
    size_t length = fread(to, 1, MOST_BYTES, file);
    fclose(file);
    return length;
}
static size_t paint(char *to) {
    size_t length = (size_t)width * height * 2;
    if (format == V4L2_PIX_FMT_MJPEG) {
        if (!there(".garbage")) return jpeg(to);
        for (size_t at = 0; at < 4000; at++) to[at] = (char)(at * 31);
        return 4000;
    }
    int level = exposure > 250 ? 250 : exposure;
    for (size_t at = 0; at < length; at += 2) { to[at] = (char)level; to[at + 1] = (char)128; }
    return length;
}

static int dequeue(struct v4l2_buffer *buffer) {
    if (!there("")) return fails(ENODEV);
    if (!queued) return fails(EAGAIN);
    usleep(1000000 / fps);
    int index = waiting[first];
    first = (first + 1) % BUFFERS;
    queued--;
    buffer->index = index;
    buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_DONE;
    buffer->length = MOST_BYTES;
    buffer->bytesused = paint(memory[index]);
    return 0;
}

static int answer(unsigned long request, void *argument) {
    struct v4l2_buffer *buffer = argument;
    switch (request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *about = argument;
        memset(about, 0, sizeof *about);
        strcpy((char *)about->driver, "fake");
        about->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        about->device_caps = about->capabilities;
        return 0;
    }
    case VIDIOC_G_INPUT: *(int *)argument = 0; return 0;
    case VIDIOC_S_INPUT: return 0;
    case VIDIOC_ENUMINPUT: return ((struct v4l2_input *)argument)->index ? fails(EINVAL) : 0;
    case VIDIOC_G_FMT: return set_format(argument, 0);
    case VIDIOC_S_FMT: return there(".busy") ? fails(EBUSY) : set_format(argument, 1);
    case VIDIOC_G_PARM: return set_rate(argument, 0);
    case VIDIOC_S_PARM: return set_rate(argument, 1);
    case VIDIOC_QUERYCTRL: {
        struct v4l2_queryctrl *about = argument;
        if (!control_of(about->id)) return fails(EINVAL);
        about->minimum = 0;
        about->maximum = 10000;
        about->step = 1;
        return 0;
    }
    case VIDIOC_G_CTRL: {
        struct v4l2_control *one = argument;
        if (!control_of(one->id)) return fails(EINVAL);
        one->value = *control_of(one->id);
        return 0;
    }
    case VIDIOC_S_CTRL: {
        struct v4l2_control *one = argument;
        return control_of(one->id) ? set_control(one->id, one->value) : fails(EINVAL);
    }
    case VIDIOC_G_EXT_CTRLS: {
        struct v4l2_ext_control *one = ((struct v4l2_ext_controls *)argument)->controls;
        if (!control_of(one->id)) return fails(EINVAL);
        one->value = *control_of(one->id);
        return 0;
    }
    case VIDIOC_S_EXT_CTRLS: {
        struct v4l2_ext_control *one = ((struct v4l2_ext_controls *)argument)->controls;
        return control_of(one->id) ? set_control(one->id, one->value) : fails(EINVAL);
    }
    case VIDIOC_REQBUFS: {
        struct v4l2_requestbuffers *asked = argument;
        if (asked->count > BUFFERS) asked->count = BUFFERS;
        first = queued = 0;
        return 0;
    }
    case VIDIOC_QUERYBUF:
        buffer->length = MOST_BYTES;
        buffer->m.offset = buffer->index * MOST_BYTES;
        return 0;
    case VIDIOC_QBUF:
        waiting[(first + queued++) % BUFFERS] = buffer->index;
        return 0;
    case VIDIOC_DQBUF: return dequeue(buffer);
    case VIDIOC_STREAMON: return there(".busy") ? fails(EBUSY) : 0;
    case VIDIOC_STREAMOFF: first = queued = 0; return 0;
    default: return fails(ENOTTY);
    }
}

int ioctl(int fd, unsigned long request, ...) {
    va_list rest; va_start(rest, request); void *argument = va_arg(rest, void *); va_end(rest);
    int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
    if (fd < 0 || fd != device) return real(fd, request, argument);
    if (getenv("FAKE_V4L2_SAY")) fprintf(stderr, "ioctl %lx\n", request);
    return answer(request & 0xffffffff, argument);
}
