#pragma once

#include <gst/gst.h>

#include <memory>
#include <string>

namespace parley::hls {

// GStreamer's references, each given back with its owner.

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
  void operator()(GstSample* sample) const { gst_sample_unref(sample); }
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
  void operator()(GstBufferList* list) const { gst_buffer_list_unref(list); }
  void operator()(GstPromise* promise) const { gst_promise_unref(promise); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(gchar* text) const { g_free(text); }
};

/// One reference that is ours: of an object, caps, a sample, …
template <class T>
using Owned = std::unique_ptr<T, Unref>;

/// One more reference to what somebody else holds.
template <class T>
Owned<T> share(T* object) {
  return Owned<T>(static_cast<T*>(g_object_ref(object)));
}

/// A new element. Its plugin is one of those that main() has looked for.
inline GstElement* make(const char* factory) {
  return gst_element_factory_make(factory, nullptr);
}

}  // namespace parley::hls
