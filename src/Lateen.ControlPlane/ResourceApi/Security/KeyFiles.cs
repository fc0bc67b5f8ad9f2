// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lateen.ControlPlane.ResourceApi.Security;

/// <summary>Certificates and keys as PEM files. Keys are their owner's alone to read.</summary>
internal static class KeyFiles
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>A directory that only its owner looks into.</summary>
    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            throw OnlyUnix();
        Directory.CreateDirectory(path, Private | UnixFileMode.UserExecute);
    }

    public static void WritePrivate(string path, string text) => Write(path, text, Private);

    public static void WritePublic(string path, string text) => Write(path, text, Public);

    /// <exception cref="CryptographicException">They do not belong together, or are none.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static X509Certificate2 Read(string certificate, string key)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
        // TLS wants a key that is not tied to the text it came from.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Whole or not at all, and never readable by others, not even for a moment.</summary>
    private static void Write(string path, string text, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            throw OnlyUnix();
        var draft = $"{path}.tmp";
        File.Delete(draft);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        };
        using (var writer = new StreamWriter(draft, options))
            writer.Write(text);
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Elsewhere nobody would see to it that keys stay private.</summary>
    private static PlatformNotSupportedException OnlyUnix() =>
        new("keys are kept on systems with the file modes of Unix alone");
}
