//! Waits that could only be reported complete in a fiber: what is waited for is brought by the thread that waits.
