// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// A client's sessions with one peer, for its next handshakes. One loop uses it. A session is used once (RFC 8446 §C.4)
/// and only by the context and for the names it was made with, so that nothing escapes a check.
/// </summary>
public sealed class TlsSessions
{
    private readonly Queue<TlsSession> _sessions = new();

    /// <summary>Sessions at hand.</summary>
    public int Count => _sessions.Count;

    /// <summary>Takes over a session's reference; false when it is of no use.</summary>
    internal bool Keep(TlsEngine engine, nint session)
    {
        if (OpenSsl.IsResumable(session) != 1)
            return false;
        while (_sessions.Count >= engine.Context.Options.MaxSessionKeys)
            _sessions.Dequeue().Dispose();
        _sessions.Enqueue(new TlsSession(session, engine));
        return true;
    }

    /// <summary>A session that fits, now the caller's; null when there is none. Those that do not fit are dropped.</summary>
    internal TlsSession? Take(TlsEngine engine)
    {
        while (_sessions.TryDequeue(out var session))
        {
            if (session.Fits(engine))
                return session;
            session.Dispose();
        }
        return null;
    }
}

/// <summary>A reference to an OpenSSL session, and whom it is with.</summary>
internal sealed class TlsSession : SafeHandle
{
    private readonly TlsContext _context;
    private readonly string _serverName;
    private readonly string? _expectedHost;

    public TlsSession(nint session, TlsEngine engine)
        : base(0, ownsHandle: true)
    {
        _context = engine.Context;
        _serverName = engine.ServerName;
        _expectedHost = engine.ExpectedHost;
        SetHandle(session);
    }

    public override bool IsInvalid => handle == 0;

    public bool Fits(TlsEngine engine) =>
        ReferenceEquals(_context, engine.Context)
        && _serverName == engine.ServerName
        && _expectedHost == engine.ExpectedHost;

    protected override bool ReleaseHandle()
    {
        OpenSsl.FreeSession(handle);
        return true;
    }
}
