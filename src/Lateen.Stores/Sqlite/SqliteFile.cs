// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Lateen.Stores.Sqlite;

/// <summary>A file of SQLite that one process has to itself. What is committed is on disk: neither <c>kill -9</c> nor a power failure loses it.</summary>
internal static class SqliteFile
{
    private const int Busy = 5;
    private const int Corrupt = 11;
    private const int NoDatabase = 26;

    /// <summary>Opens it, or makes it; its owner alone may read it, since configuration has secrets.</summary>
    /// <param name="schema">Statements that make its tables where they are missing.</param>
    /// <exception cref="SqliteException">It cannot be opened, or is no database.</exception>
    public static SqliteConnection Open(string path, string schema)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = 1,
        };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
            // Exclusive before WAL: the index of the log then needs no shared memory, and nobody else gets in.
            Run(connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            Run(connection, $"BEGIN EXCLUSIVE; {schema} COMMIT;");
            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether what is on disk is no database, or not whole.</summary>
    public static bool IsDamage(SqliteException failure) => failure.SqliteErrorCode is Corrupt or NoDatabase;

    /// <summary>Why it cannot be opened, and what to do.</summary>
    public static string Explain(string path, SqliteException failure) =>
        failure.SqliteErrorCode switch
        {
            Busy => $"another process has {path} open; stop it, or give each control plane its own --data",
            NoDatabase => $"{path} is no SQLite database; move it away, or name another file",
            _ => string.Create(CultureInfo.InvariantCulture, $"{path} cannot be opened: {failure.Message}"),
        };

    private static void Run(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
