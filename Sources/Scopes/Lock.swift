#if AMBIT_TSAN
    internal import Glibc
#else
    public import Synchronization
#endif

#if AMBIT_TSAN
    /// The one lock of the house. Under ThreadSanitizer a pthread mutex, whose slow path is instrumented; else `Mutex`.
    ///
    /// Not recursive. Nothing foreign is ever called while it is held: no plugin code, no closure, no continuation (S6).
    public struct Lock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {  // guarded by `mutex`
        private let mutex: UnsafeMutablePointer<pthread_mutex_t>
        private let value: UnsafeMutablePointer<Value>

        public init(_ value: consuming sending Value) {
            mutex = .allocate(capacity: 1)
            mutex.initialize(to: pthread_mutex_t())
            pthread_mutex_init(mutex, nil)
            self.value = .allocate(capacity: 1)
            self.value.initialize(to: value)
        }

        deinit {
            value.deinitialize(count: 1)
            value.deallocate()
            pthread_mutex_destroy(mutex)
            mutex.deallocate()
        }

        public borrowing func withLock<R: ~Copyable, E: Error>(
            _ body: (inout sending Value) throws(E) -> sending R
        ) throws(E) -> sending R {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return try body(&value.pointee)
        }
    }
#else
    /// The one lock of the house. Under ThreadSanitizer a pthread mutex, whose slow path is instrumented; else `Mutex`.
    ///
    /// Not recursive. Nothing foreign is ever called while it is held: no plugin code, no closure, no continuation (S6).
    /// Public and inlinable, so that other modules get it specialised: else each use looks its metadata up.
    @frozen public struct Lock<Value: ~Copyable>: ~Copyable, Sendable {
        @usableFromInline let mutex: Mutex<Value>

        @inlinable
        public init(_ value: consuming sending Value) {
            mutex = Mutex(value)
        }

        @inlinable
        public borrowing func withLock<R: ~Copyable, E: Error>(
            _ body: (inout sending Value) throws(E) -> sending R
        ) throws(E) -> sending R {
            try mutex.withLock(body)
        }
    }
#endif
