// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// All that handshakes of one configuration share: certificates, trust, versions, and the keys of its session tickets.
/// Immutable, and safe for every loop; it is built off the loops, since reading keys takes its time. A connection keeps
/// the context it began with; exchanging a context means giving new connections another one.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "Connections and configurations share it; the handle frees itself after the last."
)]
public sealed class TlsContext
{
    private readonly Handle _handle;
    private readonly byte[][] _protocols;
    private readonly List<NativeCertificate> _certificates;

    private TlsContext(TlsOptions options, nint native, List<NativeCertificate> certificates)
    {
        _handle = new Handle(native, certificates);
        _certificates = certificates;
        Options = options;
        _protocols = AlpnList.Split(options.ApplicationProtocols);
    }

    public TlsOptions Options { get; }

    public TlsRole Role => Options.Role;

    /// <summary>What this side shows by default; null when it has no certificate.</summary>
    public PeerCertificate? OwnCertificate => _certificates.Count > 0 ? _certificates[0].Description : null;

    /// <summary>Every certificate this side may show, for <c>/certs</c> and the like.</summary>
    public IEnumerable<PeerCertificate> OwnCertificates
    {
        get
        {
            foreach (var certificate in _certificates)
            {
                if (certificate.Description is { } description)
                    yield return description;
            }
        }
    }

    internal nint Native => _handle.DangerousGetHandle();

    /// <summary>What a server goes by when it chooses a certificate.</summary>
    internal CertificateSelector? Selector { get; set; }

    internal PeerVerifier? Verifier { get; private set; }

    /// <summary>Keys of tickets that were given; null where OpenSSL has its own.</summary>
    internal TicketKeys? TicketKeys { get; set; }

    /// <summary>
    /// What the last handshake settled. The next one often settles the same, and peers of one authority send the same behind
    /// their leaf: then their connections share one copy. Two loops may overwrite each other's, which costs a copy.
    /// </summary>
    internal TlsConnection? LastConnection { get; set; }

    /// <summary>The certificate a connection shows unless its client's hello asks for another.</summary>
    internal NativeCertificate? FirstCertificate => _certificates.Count > 0 ? _certificates[0] : null;

    /// <exception cref="TlsConfigurationException">Something in the options cannot be used; the message names it.</exception>
    public static TlsContext Create(TlsOptions options)
    {
        var certificates = new List<NativeCertificate>();
        TlsContext context;
        try
        {
            foreach (var certificate in options.Certificates)
                certificates.Add(new NativeCertificate(certificate));
            var method = options.Role == TlsRole.Server ? OpenSsl.ServerMethod() : OpenSsl.ClientMethod();
            context = new TlsContext(options, OpenSsl.NewContext(method), certificates);
        }
        catch
        {
            foreach (var certificate in certificates)
                certificate.Dispose();
            throw;
        }
        TlsContextSetup.Apply(context, certificates);
        if (ValidationOf(options) is { } validation)
            context.Verify(validation);
        GC.KeepAlive(context);
        return context;
    }

    private void Verify(PeerValidation validation)
    {
        if (validation.TrustDomains.Count > 0)
            _handle.Trust = new SpiffeTrust(validation.TrustDomains);
        Verifier = new PeerVerifier(validation, Options, _handle.Trust);
        if (_handle.Trust is not null && Role == TlsRole.Server)
        {
            foreach (var root in _handle.Trust.Certificates)
                _ = OpenSsl.AddClientAuthority(Native, root);
        }
    }

    /// <summary>How the peer is checked; a server that requires a certificate and trusts nobody refuses everybody.</summary>
    internal static PeerValidation? ValidationOf(TlsOptions options) =>
        options.Validation ?? (options.RequireClientCertificate ? new PeerValidation() : null);

    /// <summary>The first of our protocols that a client's list holds: its place in that list; -1 for none.</summary>
    internal int SelectProtocol(ReadOnlySpan<byte> offered)
    {
        foreach (var protocol in _protocols)
        {
            for (var at = 0; at < offered.Length; at += offered[at] + 1)
            {
                if (offered.Slice(at + 1, offered[at]).SequenceEqual(protocol))
                    return at;
            }
        }
        return -1;
    }

    /// <summary>Frees the context when the last connection and the last configuration have let go of it.</summary>
    private sealed class Handle : SafeHandle
    {
        private readonly List<NativeCertificate> _certificates;

        public Handle(nint native, List<NativeCertificate> certificates)
            : base(0, ownsHandle: true)
        {
            _certificates = certificates;
            SetHandle(native);
        }

        public override bool IsInvalid => handle == 0;

        /// <summary>Roots by trust domain, which OpenSSL's context does not own.</summary>
        public SpiffeTrust? Trust { get; set; }

        protected override bool ReleaseHandle()
        {
            OpenSsl.FreeContext(handle);
            Trust?.Dispose();
            foreach (var certificate in _certificates)
                certificate.Dispose();
            return true;
        }
    }
}
