// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// A client's sessions with one peer, for its next handshakes. One loop uses it. A session of TLS 1.3 is used once (RFC
/// 8446 §C.4), and each only by the context and for the names it was made with, so that nothing escapes a check.
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

    /// <summary>Drops them all, as when one turned out to vouch for nobody any more.</summary>
    internal void Clear()
    {
        while (_sessions.TryDequeue(out var session))
            session.Dispose();
    }

    /// <summary>Gives a connection that begins a session that fits. Those that do not fit are dropped.</summary>
    internal void Offer(TlsEngine engine, nint ssl)
    {
        while (_sessions.TryPeek(out var session))
        {
            var fits = session.Fits(engine);
            if (fits)
                _ = OpenSsl.SetSession(ssl, session.DangerousGetHandle());
            // Of TLS 1.2 a session serves again and again; a ticket of TLS 1.3 once.
            if (!fits || session.IsForOneUse)
                _sessions.Dequeue().Dispose();
            if (fits)
                return;
        }
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

    public bool IsForOneUse => OpenSsl.GetSessionVersion(handle) >= (int)TlsVersion.Tls13;

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
