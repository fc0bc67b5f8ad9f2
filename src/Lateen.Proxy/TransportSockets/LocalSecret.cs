// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.TransportSockets;

/// <summary>A secret that lies, all or in part, in files of the proxy's machine, and is read again when those are exchanged.</summary>
/// <param name="name">What its numbers and problems are told by; never what is in it.</param>
/// <param name="first">What was read when the configuration that names it was checked; null where that need not be good yet.</param>
/// <param name="read">Reads it anew.</param>
public sealed class LocalSecret(string name, SecretReading? first, Func<SecretReading> read)
{
    /// <summary>A reading that two in a row agree on is whole; files that change all the time are read as they are.</summary>
    private const int MostReadings = 5;

    public string Name => name;

    /// <summary>What it was when its configuration was checked; as a rule this is good.</summary>
    public SecretReading First => first ?? Read();

    /// <summary>
    /// Reads all of its files. They may be exchanged while that goes on, so that a certificate and a key would not belong
    /// together: it counts only what was read twice.
    /// </summary>
    public SecretReading Read()
    {
        var reading = read();
        for (var i = 1; i < MostReadings; i++)
        {
            var again = read();
            if (again.IsSameAs(reading))
                break;
            reading = again;
        }
        return reading;
    }
}
