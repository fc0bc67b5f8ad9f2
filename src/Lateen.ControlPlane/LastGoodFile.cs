// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Sources;
using Lateen.ControlPlane.ResourceApi.Security;
using Lateen.Stores.Sqlite;

namespace Lateen.ControlPlane;

/// <summary>The file in which a control plane keeps what is in force, for a start while something of it has errors.</summary>
internal static class LastGoodFile
{
    private const string Name = "last-good.db";

    /// <summary>Made where it is not there yet.</summary>
    /// <param name="store">Which one the configuration is of that is in no file.</param>
    /// <exception cref="IOException">The directory cannot be made.</exception>
    public static LastGoodTexts Open(string directory, string store, TimeProvider time)
    {
        // There may be secrets in it.
        KeyFiles.CreateDirectory(directory);
        return new LastGoodTexts(new SqliteGoodTexts(Path.Combine(directory, Name)), store, time);
    }

    /// <summary>What an earlier control plane has left; null where there was none.</summary>
    public static LastGoodTexts? Find(string directory, TimeProvider time) =>
        File.Exists(Path.Combine(directory, Name)) ? Open(directory, "", time) : null;
}
