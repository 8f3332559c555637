package demo

// Common names and surnames, to invent people from. Any likeness to a person is chance.

func womenNames() []string {
	return []string{"Maria", "Anna", "Giuseppina", "Rosa", "Angela", "Giovanna", "Teresa", "Lucia", "Carmela", "Caterina", "Francesca", "Antonietta",
		"Carla", "Elena", "Concetta", "Rita", "Margherita", "Franca", "Paola", "Laura", "Giulia", "Chiara", "Sara", "Martina", "Federica", "Silvia",
		"Valentina", "Alessandra", "Elisa", "Simona", "Daniela", "Patrizia", "Grazia", "Vincenza", "Filomena", "Immacolata", "Nunzia", "Sofia", "Aurora", "Beatrice"}
}

func menNames() []string {
	return []string{"Giuseppe", "Antonio", "Giovanni", "Mario", "Luigi", "Francesco", "Angelo", "Vincenzo", "Pietro", "Salvatore", "Carlo", "Franco",
		"Domenico", "Bruno", "Paolo", "Michele", "Giorgio", "Aldo", "Sergio", "Luciano", "Marco", "Andrea", "Luca", "Matteo", "Alessandro", "Davide",
		"Simone", "Federico", "Stefano", "Roberto", "Rocco", "Vito", "Donato", "Gerardo", "Nicola", "Leonardo", "Lorenzo", "Tommaso", "Gabriele", "Riccardo"}
}

func surnames() []string {
	return []string{"Rossi", "Russo", "Ferrari", "Esposito", "Bianchi", "Romano", "Colombo", "Ricci", "Marino", "Greco", "Bruno", "Gallo", "Conti",
		"De Luca", "Costa", "Giordano", "Mancini", "Rizzo", "Lombardi", "Moretti", "Barbieri", "Fontana", "Santoro", "Mariani", "Rinaldi", "Caruso", "Ferrara",
		"Galli", "Martini", "Leone", "Longo", "Gentile", "Martinelli", "Vitale", "Lombardo", "Serra", "Coppola", "De Santis", "D'Angelo", "Marchetti", "Parisi",
		"Villa", "Conte", "Ferraro", "Ferri", "Fabbri", "Bianco", "Marini", "Grasso", "Valentini", "Messina", "Sala", "De Angelis", "Gatti", "Pellegrini",
		"Palumbo", "Sanna", "Farina", "Rizzi", "Monti", "Cattaneo", "Morelli", "Amato", "Silvestri", "Mazza", "Testa", "Grassi", "Pellegrino", "Carbone",
		"Giuliani", "Benedetti", "Barone", "Rossetti", "Caputo", "Montanari", "Guerra", "Palmieri", "Bernardi", "Martino", "Fiore", "De Rosa", "Ferretti",
		"Bellini", "Basile", "Riva", "Donati", "Piras", "Vitali", "Battaglia", "Sartori", "Neri", "Costantini", "Milani", "Pagano", "Ruggiero", "Sorrentino",
		"D'Amico", "Orlando", "Damico", "Negri", "Laurino", "Lacava", "Summa", "Telesca", "Pace", "Colangelo", "Sabia", "Santarsiero", "Viggiano", "Cirigliano"}
}

// hosts are the kinds of room where points are.
func hosts() []string {
	return []string{"Municipio", "Biblioteca comunale", "Centro anziani", "Sportello del cittadino", "Sala consiliare", "Casa di comunità", "Centro sociale", "Scuola media"}
}

func streets() []string {
	return []string{"Via Roma", "Piazza Garibaldi", "Corso Umberto I", "Via Vittorio Emanuele", "Piazza del Popolo", "Via Dante", "Via Mazzini", "Largo della Libertà", "Via della Repubblica", "Piazza Municipio"}
}

// cooperatives are invented delivering partners.
func cooperatives() []string {
	return []string{"Cooperativa sociale Il Filo", "Associazione Rete Amica", "Cooperativa sociale Ponte Digitale", "Associazione Insieme si può",
		"Cooperativa sociale La Bussola", "Circolo Nuove Età", "Associazione Porta Aperta", "Cooperativa sociale Orizzonti"}
}
