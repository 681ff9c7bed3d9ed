//! Explains why the certificate of a server or proxy was not accepted. None of these failures is
//! temporary.

use super::trouble::Incident;
use rustls::CertificateError;

/// The incident and its description, if a request failed because of a certificate.
pub(super) fn incident_of(error: &ureq::Error) -> Option<(Incident, String)> {
    let tls = match error {
        ureq::Error::Rustls(tls) => tls,
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref::<rustls::Error>()?,
        _ => return None,
    };
    match tls {
        rustls::Error::InvalidCertificate(error) => Some(words(error)),
        rustls::Error::NoCertificatesPresented => {
            Some((Incident::Certificate, "shows no certificate".to_owned()))
        }
        _ => None,
    }
}

fn words(error: &CertificateError) -> (Incident, String) {
    match error {
        CertificateError::UnknownIssuer => (
            Incident::UnknownIssuer,
            "shows a certificate of an authority that is not trusted here".to_owned(),
        ),
        CertificateError::NotValidForName => {
            (Incident::WrongName, "shows a certificate for another name".to_owned())
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            // rustls writes `DnsName("example.com")`.
            let names: Vec<&str> = presented
                .iter()
                .filter_map(|name| name.split('"').nth(1).or(Some(name.as_str())))
                .take(5)
                .collect();
            let names =
                if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
            (Incident::WrongName, format!("shows a certificate for another name{names}"))
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            (Incident::Expired, "shows a certificate that has expired".to_owned())
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            (Incident::Expired, "shows a certificate that is not valid yet".to_owned())
        }
        other => {
            (Incident::Certificate, format!("shows a certificate that is not accepted: {other}"))
        }
    }
}
